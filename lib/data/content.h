/* content.h - the content of a plain or gzip file, read from start to end, with its SHA-256 (private to lib/data). */
#ifndef MN_DATA_CONTENT_H
#define MN_DATA_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include <zlib.h>

#include "digest.h"
#include "mn/error.h"

struct mn_content {
	const char *path; /* the caller's */
	int fd;
	bool gzip, ended; /* ended: the gzip data are over */
	z_stream z;
	unsigned char *input;   /* compressed bytes, or the first bytes of a plain file */
	unsigned char *scratch; /* where skipped bytes go */
	unsigned next_scratch;
	struct mn_digest *digest;
	int64_t got;   /* bytes of content so far */
	int64_t bound; /* the content is no longer than this: the size of a plain file, or what deflate can make of a gzip file */
};

/* Opens a file that begins with 1f 8b as gzip, any other as it is. 0, or -1 with err; path must stay good until the close. */
int mn_content_open(struct mn_content *content, const char *path, struct mn_error *err);

/* The next `bytes` bytes, which must then stay as they are until the end or the close. -1 with err where there are fewer. */
int mn_content_read(struct mn_content *content, void *to, size_t bytes, struct mn_error *err);
int mn_content_skip(struct mn_content *content, int64_t bytes, struct mn_error *err);

/* Checks that nothing follows (no byte, no second gzip member) and gives the SHA-256 of the content. 0, or -1 with err. */
int mn_content_end(struct mn_content *content, char sha256[MN_SHA256_TEXT], struct mn_error *err);

/* Safe on a zeroed or closed one. */
void mn_content_close(struct mn_content *content);

#endif
