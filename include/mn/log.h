/* log.h - mn-train's CSV log: one row an epoch, flushed as it is written; columns in mn-train(1). */
#ifndef MN_LOG_H
#define MN_LOG_H

#include <stdio.h>

#include "mn/evaluate.h"

struct mn_log {
	FILE *file;
	const char *path;
	bool regular;   /* a file that can be cut and read again, not a pipe or a device */
	int64_t bytes;  /* written so far */
	uint32_t crc32; /* of them */
};

/* Opens the log anew and writes the header. A regular file is locked as long as it is open: a second program is refused. 0, or -1 with err.
 */
int mn_log_open(struct mn_log *log, const char *path, struct mn_error *err);

/* Opens a log that a run left off at so many bytes with that CRC-32, and cuts it to them. -1 with err where it is shorter or another. */
int mn_log_resume(struct mn_log *log, const char *path, int64_t bytes, uint32_t crc32, struct mn_error *err);

/* One row: the shared columns from the metadata (its epoch included), then the evaluations. NULL for one of them: its
 * columns are empty; so are the accuracies of an evaluation of no rows. 0, or -1 with err. */
int mn_log_row(struct mn_log *log, const struct mn_stream *metadata, const struct mn_evaluation *train,
               const struct mn_evaluation *validation, struct mn_error *err);

/* Puts what was written onto the disk. */
int mn_log_sync(struct mn_log *log, struct mn_error *err);

/* 0, or -1 with err where the last bytes could not be written. */
int mn_log_close(struct mn_log *log, struct mn_error *err);

#endif
