/* digest.h - SHA-256 of data as it is read, in a thread of its own (private to lib/data). */
#ifndef MN_DATA_DIGEST_H
#define MN_DATA_DIGEST_H

#include <stddef.h>

#include "mn/error.h"

enum {
	MN_SHA256_TEXT = 65,   /* 64 hex digits and a NUL */
	MN_DIGEST_WAITING = 4, /* chunks that may wait to be hashed */
};

struct mn_digest;

/* NULL and err on failure. */
struct mn_digest *mn_digest_new(struct mn_error *err);

/* Hands over the next bytes, which must stay as they are until MN_DIGEST_WAITING + 1 further calls or the finish. Waits where too many
 * wait. */
void mn_digest_update(struct mn_digest *digest, const void *data, size_t bytes);

/* The SHA-256 in hex; no update may follow. 0, or -1 with err. */
int mn_digest_finish(struct mn_digest *digest, char text[MN_SHA256_TEXT], struct mn_error *err);
void mn_digest_free(struct mn_digest *digest);

/* The SHA-256 of a file as it is on the disk. 0, or -1 with err. */
int mn_sha256_file(const char *path, char text[MN_SHA256_TEXT], struct mn_error *err);

#endif
