#include "mn/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "mn/columns.h"
#include "mn/text.h"

static int fail_errno(const struct mn_log *log, struct mn_error *err)
{
	return mn_fail(err, "%s: %s", log->path, strerror(errno));
}

/* Opens without cutting: another run may be writing it. */
static int open_locked(struct mn_log *log, const char *path, int flags, struct mn_error *err)
{
	struct stat status;
	*log = (struct mn_log){.path = path};
	int fd = open(path, flags | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail_errno(log, err);
	log->regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	if (log->regular && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
		close(fd);
		return mn_fail(err, "%s: another run is writing this log", path);
	}
	log->file = fdopen(fd, flags & O_RDWR ? "r+" : "w");
	if (log->file)
		return 0;
	close(fd);
	return fail_errno(log, err);
}

/* A row is made in memory, so that it is counted and written as one. */
struct row {
	struct mn_text made;
	struct mn_csv csv;
};

static int begin_row(const struct mn_log *log, struct row *row, struct mn_error *err)
{
	*row = (struct row){0};
	row->csv.file = mn_text_open(&row->made);
	return row->csv.file ? 0 : mn_fail_memory(err, log->path, 0);
}

static int end_row(struct mn_log *log, struct row *row, struct mn_error *err)
{
	mn_csv_end(&row->csv);
	char *text = mn_text_close(&row->made, row->csv.file);
	size_t size = row->made.size;
	int status = text ? 0 : mn_fail_memory(err, log->path, size);
	if (status == 0 && (fwrite(text, 1, size, log->file) != size || fflush(log->file) != 0))
		status = fail_errno(log, err);
	if (status == 0) {
		log->crc32 = (uint32_t)crc32_z(log->crc32, (const unsigned char *)text, size);
		log->bytes += (int64_t)size;
	}
	free(text);
	return status;
}

int mn_log_open(struct mn_log *log, const char *path, struct mn_error *err)
{
	static const char *const own[] = {"train_loss",          "train_accuracy",  "clean_accuracy",     "noisy_accuracy",
	                                  "noisy_true_accuracy", "validation_loss", "validation_accuracy"};
	struct row row;
	if (open_locked(log, path, O_WRONLY | O_CREAT, err))
		return -1;
	if (log->regular && ftruncate(fileno(log->file), 0) != 0)
		return fail_errno(log, err);
	if (begin_row(log, &row, err))
		return -1;
	mn_columns_header(&row.csv);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		mn_csv_text(&row.csv, own[i]);
	return end_row(log, &row, err);
}

/* The CRC-32 of the first bytes of the file, up to `bytes` of them; fewer where it is shorter. */
static uint32_t read_crc32(FILE *file, int64_t *bytes)
{
	unsigned char chunk[4096];
	int64_t left = *bytes;
	uint32_t crc = 0;
	size_t got;
	while (left > 0 && (got = fread(chunk, 1, left < (int64_t)sizeof chunk ? (size_t)left : sizeof chunk, file)) > 0) {
		crc = (uint32_t)crc32_z(crc, chunk, got);
		left -= (int64_t)got;
	}
	*bytes -= left;
	return crc;
}

int mn_log_resume(struct mn_log *log, const char *path, int64_t bytes, uint32_t crc32, struct mn_error *err)
{
	int64_t there = bytes;
	if (open_locked(log, path, O_RDWR, err))
		return -1;
	log->crc32 = read_crc32(log->file, &there);
	log->bytes = there;
	if (there < bytes)
		return mn_fail(err, "%s: the log has %lld bytes, it had %lld when the checkpoint was saved", path, (long long)there,
		               (long long)bytes);
	if (log->crc32 != crc32)
		return mn_fail(err, "%s: this is not the log that the checkpoint goes on with: its first %lld bytes are others", path,
		               (long long)bytes);
	if (ftruncate(fileno(log->file), bytes) != 0 || fseek(log->file, (long)bytes, SEEK_SET) != 0)
		return fail_errno(log, err);
	return 0;
}

int mn_log_row(struct mn_log *log, const struct mn_stream *metadata, const struct mn_evaluation *train,
               const struct mn_evaluation *validation, struct mn_error *err)
{
	struct row row;
	static const struct mn_evaluation none;
	if (begin_row(log, &row, err))
		return -1;
	struct mn_csv *csv = &row.csv;
	mn_columns_write(csv, metadata);
	if (train)
		mn_csv_real(csv, train->loss);
	else
		mn_csv_empty(csv);
	train = train ? train : &none;
	mn_csv_ratio(csv, train->rows - train->errors, train->rows);
	mn_csv_ratio(csv, train->clean_right, train->clean);
	mn_csv_ratio(csv, train->noisy_right, train->noisy);
	mn_csv_ratio(csv, train->noisy_true_right, train->noisy);
	if (validation)
		mn_csv_real(csv, validation->loss);
	else
		mn_csv_empty(csv);
	validation = validation ? validation : &none;
	mn_csv_ratio(csv, validation->rows - validation->errors, validation->rows);
	return end_row(log, &row, err);
}

int mn_log_sync(struct mn_log *log, struct mn_error *err)
{
	if (fflush(log->file) != 0 || (log->regular && fsync(fileno(log->file)) != 0))
		return fail_errno(log, err);
	return 0;
}

int mn_log_close(struct mn_log *log, struct mn_error *err)
{
	if (!log->file)
		return 0;
	FILE *file = log->file;
	log->file = NULL;
	bool failed = ferror(file) != 0;
	if (fclose(file) != 0 || failed)
		return fail_errno(log, err);
	return 0;
}
