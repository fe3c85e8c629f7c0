#include "mn/log.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "mn/columns.h"

int mn_log_open(struct mn_log *log, const char *path, struct mn_error *err)
{
	static const char *const own[] = {"train_loss",          "train_accuracy",  "clean_accuracy",     "noisy_accuracy",
	                                  "noisy_true_accuracy", "validation_loss", "validation_accuracy"};
	*log = (struct mn_log){.file = fopen(path, "we"), .path = path};
	if (!log->file)
		return mn_fail(err, "%s: %s", path, strerror(errno));
	struct mn_csv csv = {.file = log->file};
	mn_columns_header(&csv);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		mn_csv_text(&csv, own[i]);
	return mn_csv_flush(&csv, path, err);
}

int mn_log_row(struct mn_log *log, const struct mn_stream *metadata, const struct mn_evaluation *train,
               const struct mn_evaluation *validation, struct mn_error *err)
{
	struct mn_csv csv = {.file = log->file};
	static const struct mn_evaluation none;
	mn_columns_write(&csv, metadata);
	if (train)
		mn_csv_real(&csv, train->loss);
	else
		mn_csv_empty(&csv);
	train = train ? train : &none;
	mn_csv_ratio(&csv, train->rows - train->errors, train->rows);
	mn_csv_ratio(&csv, train->clean_right, train->clean);
	mn_csv_ratio(&csv, train->noisy_right, train->noisy);
	mn_csv_ratio(&csv, train->noisy_true_right, train->noisy);
	if (validation)
		mn_csv_real(&csv, validation->loss);
	else
		mn_csv_empty(&csv);
	validation = validation ? validation : &none;
	mn_csv_ratio(&csv, validation->rows - validation->errors, validation->rows);
	return mn_csv_flush(&csv, log->path, err);
}

int mn_log_close(struct mn_log *log, struct mn_error *err)
{
	if (!log->file)
		return 0;
	FILE *file = log->file;
	log->file = NULL;
	bool failed = ferror(file) != 0;
	if (fclose(file) != 0 || failed)
		return mn_fail(err, "%s: %s", log->path, strerror(errno));
	return 0;
}
