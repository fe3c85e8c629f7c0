/* source.h - bytes from a file or a pipe, gunzipped where they are gzip; private to lib/stream. */
#ifndef MN_SOURCE_H
#define MN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "mn/error.h"

struct source {
	int fd;
	const char *name;      /* for messages; borrowed */
	unsigned char *buffer; /* bytes read ahead: buffer[at .. have) */
	size_t at, have;
	int64_t size;     /* bytes that the input holds, or -1 where only reading to its end can tell */
	uint64_t count;   /* bytes given out */
	bool gzip, ended; /* ended: the gzip stream is complete */
	z_stream z;
};

/* path NULL or "-": standard input (a terminal there is misuse). On success the caller must call source_close. An empty input is an error.
 */
int source_open(struct source *source, const char *path, const char *name, struct mn_error *err);
void source_close(struct source *source);

/* Reads n bytes; *got is less only where the input ends before. */
int source_read(struct source *source, void *to, size_t n, size_t *got, struct mn_error *err);

/* Reads n bytes into *data (to be freed), which grows with what really comes; *got is less than n only where the input ends before. */
int source_take(struct source *source, uint64_t n, void **data, size_t *got, struct mn_error *err);

#endif
