#include "mn/download.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "transfer.h"

enum {
	PROGRESS_BYTES = 1 << 20, /* a round that brings as much is no vain one */
	LONGEST_WAIT = 60,        /* seconds between rounds */
};

struct job {
	const struct mn_download *what;
	char final[MN_PATH_SIZE], part[MN_PATH_SIZE], url[MN_PATH_SIZE];
	int fd;        /* of the part */
	int64_t have;  /* its size */
	bool resumed;  /* some of its bytes are not from the present request */
	bool *useless; /* for each mirror */
	struct mn_progress progress;
	struct mn_error why; /* the last thing that went wrong */
};

/* What became of one mirror in one round. */
enum outcome { GOT_IT, TRY_AGAIN, GIVE_UP_MIRROR, GIVE_UP };

static void say(const struct job *job, const char *line)
{
	if (job->what->notices.fn)
		job->what->notices.fn(job->what->notices.arg, line);
}

static int join_path(char path[MN_PATH_SIZE], const char *first, const char *second, const char *third, struct mn_error *err)
{
	int length = snprintf(path, MN_PATH_SIZE, "%s%s%s", first, second, third);
	return length < 0 || length >= MN_PATH_SIZE ? mn_fail(err, "%s...: the name is too long", first) : 0;
}

/* The folder and those above it. */
static int make_folder(const char *folder, struct mn_error *err)
{
	char path[MN_PATH_SIZE];
	if (join_path(path, folder, "/", "", err))
		return -1;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0777) && errno != EEXIST)
			return mn_fail(err, "%s: %s", path, strerror(errno));
		*slash = '/';
	}
	return 0;
}

/* Whether the file at path is the wanted one; where not, job->why says what it is instead. */
static bool is_right(struct job *job, const char *path)
{
	char sum[MN_SHA256_TEXT];
	if (mn_sha256_file(path, sum, &job->why))
		return false;
	if (strcmp(sum, job->what->sha256) == 0)
		return true;
	if (job->what->same_content && job->what->same_content(job->what->arg, path))
		return true;
	unsigned char first[2] = {0};
	FILE *file = fopen(path, "re");
	size_t got = file ? fread(first, 1, sizeof first, file) : 0;
	if (file)
		fclose(file);
	if (got < 2 || first[0] != 0x1f || first[1] != 0x8b)
		mn_fail(&job->why, "%s: sent %lld bytes that are not a gzip file%s", job->url, (long long)job->have,
		        first[0] == '<' ? " but a web page" : "");
	else
		mn_fail(&job->why, "%s: wrong checksum: SHA-256 %s of %lld bytes, not %s", job->url, sum, (long long)job->have,
		        job->what->sha256);
	return false;
}

static int start_over(struct job *job)
{
	if (ftruncate(job->fd, 0) || lseek(job->fd, 0, SEEK_SET) < 0)
		return mn_fail(&job->why, "%s: %s", job->part, strerror(errno));
	job->have = 0;
	job->resumed = false;
	return 0;
}

static enum mn_transfer_end request(struct job *job)
{
	struct mn_transfer transfer = {.url = job->url,
	                               .fd = job->fd,
	                               .have = job->have,
	                               .bytes_max = job->what->bytes_max,
	                               .timeout = job->what->timeout,
	                               .progress = &job->progress};
	int64_t before = job->have;
	mn_progress_start(&job->progress, job->what->progress, job->what->quiet, job->what->name, "MB");
	enum mn_transfer_end end = mn_transfer(&transfer);
	mn_progress_end(&job->progress);
	job->resumed = before > 0 && !transfer.restarted;
	job->have = transfer.have;
	if (end != MN_TRANSFER_DONE)
		job->why = transfer.why;
	return end;
}

/* One mirror, one request; a second one where the bytes of an earlier one turn out not to fit. */
static enum outcome try_mirror(struct job *job)
{
	for (;;) {
		int64_t before = job->have;
		enum mn_transfer_end end = request(job);
		if (end == MN_TRANSFER_LOCAL)
			return GIVE_UP;
		if (end == MN_TRANSFER_AGAIN || end == MN_TRANSFER_NO) {
			say(job, job->why.text);
			if (end == MN_TRANSFER_AGAIN)
				return TRY_AGAIN;
			/* What such a mirror sent is not to be gone on with. */
			return job->have != before && start_over(job) ? GIVE_UP : GIVE_UP_MIRROR;
		}
		if (is_right(job, job->part))
			return GOT_IT;
		bool resumed = job->resumed || end == MN_TRANSFER_RANGE;
		say(job, job->why.text);
		if (start_over(job))
			return GIVE_UP;
		if (!resumed)
			return GIVE_UP_MIRROR;
	}
}

/* Every mirror that may still be of use, in order. */
static enum outcome try_mirrors(struct job *job)
{
	enum outcome best = GIVE_UP_MIRROR;
	for (int i = 0; job->what->mirror[i]; i++) {
		if (job->useless[i])
			continue;
		if (join_path(job->url, job->what->mirror[i], job->what->path, "", &job->why))
			return GIVE_UP;
		enum outcome outcome = try_mirror(job);
		if (outcome == GOT_IT || outcome == GIVE_UP)
			return outcome;
		if (outcome == TRY_AGAIN)
			best = TRY_AGAIN;
		else
			job->useless[i] = true;
	}
	return best;
}

static void wait_seconds(const struct job *job, int seconds)
{
	char line[64];
	snprintf(line, sizeof line, "trying again in %d s", seconds);
	say(job, line);
	nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
}

/* Rounds over the mirrors, with longer and longer waits as long as nothing arrives. */
static int fill_part(struct job *job)
{
	for (int vain = 0, wait = 1;;) {
		int64_t before = job->have;
		enum outcome outcome = try_mirrors(job);
		if (outcome == GOT_IT)
			return 0;
		if (outcome != TRY_AGAIN)
			return -1;
		if (job->have - before >= PROGRESS_BYTES) {
			vain = 0;
			wait = 1;
			continue;
		}
		if (++vain > job->what->retries)
			return -1;
		wait_seconds(job, wait);
		wait = wait < LONGEST_WAIT / 2 ? 2 * wait : LONGEST_WAIT;
	}
}

/* The part becomes the file, for good. */
static int commit(struct job *job)
{
	if (fsync(job->fd))
		return mn_fail(&job->why, "%s: %s", job->part, strerror(errno));
	if (rename(job->part, job->final))
		return mn_fail(&job->why, "%s: %s", job->final, strerror(errno));
	int folder = open(job->what->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder >= 0) {
		fsync(folder); /* not all file systems can: the file itself is safe */
		close(folder);
	}
	return 0;
}

static int download_locked(struct job *job, struct mn_error *err)
{
	job->fd = open(job->part, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (job->fd < 0)
		return mn_fail(err, "%s: %s", job->part, strerror(errno));
	off_t size = lseek(job->fd, 0, SEEK_END);
	int mirrors = 0;
	while (job->what->mirror[mirrors])
		mirrors++;
	job->useless = calloc((size_t)mirrors + 1, sizeof *job->useless);
	int status = -1;
	if (size < 0 || !job->useless) {
		mn_fail(&job->why, "%s: %s", job->part, strerror(errno));
	} else {
		job->have = size;
		if (size <= job->what->bytes_max || start_over(job) == 0)
			status = fill_part(job);
	}
	if (status == 0)
		status = commit(job);
	close(job->fd);
	if (status && job->have == 0)
		unlink(job->part);
	free(job->useless);
	if (status)
		mn_fail(err, "cannot download %s: %s", job->what->name, job->why.text);
	return status;
}

/* Holds the lock, which the caller releases by closing it. */
static int lock(const struct job *job, struct mn_error *err)
{
	char path[MN_PATH_SIZE], line[MN_PATH_SIZE + 64];
	if (join_path(path, job->final, ".lock", "", err))
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return mn_fail(err, "%s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK) {
		snprintf(line, sizeof line, "waiting for another process that downloads %s", job->what->name);
		say(job, line);
	}
	while (flock(fd, LOCK_EX))
		if (errno != EINTR) {
			mn_fail(err, "%s: %s", path, strerror(errno));
			close(fd);
			return -1;
		}
	return fd;
}

int mn_download(const struct mn_download *what, struct mn_error *err)
{
	struct job *job = calloc(1, sizeof *job);
	if (!job)
		return mn_fail_memory(err, what->name, sizeof *job);
	job->what = what;
	int status = -1, held = -1;
	if (!join_path(job->final, what->folder, "/", what->name, err) && !join_path(job->part, job->final, ".part", "", err) &&
	    !make_folder(what->folder, err))
		held = lock(job, err);
	if (held >= 0) {
		if (access(job->final, F_OK) == 0 && is_right(job, job->final)) {
			status = 0;
		} else if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
			mn_fail(err, "cannot start libcurl");
		} else {
			status = download_locked(job, err);
			curl_global_cleanup();
		}
		close(held);
	}
	free(job);
	return status;
}
