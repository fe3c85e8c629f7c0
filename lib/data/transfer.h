/* transfer.h - one HTTP request for a file or the rest of it (private to lib/data). */
#ifndef MN_DATA_TRANSFER_H
#define MN_DATA_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/progress.h"

enum mn_transfer_end {
	MN_TRANSFER_DONE,  /* the server says that this is all */
	MN_TRANSFER_AGAIN, /* cut, stalled, refused, 5xx: another try may go better */
	MN_TRANSFER_RANGE, /* the server has no bytes past what we have, or other ones than asked */
	MN_TRANSFER_NO,    /* this URL will not do: 403, 404, a certificate that does not hold, too many bytes */
	MN_TRANSFER_LOCAL, /* our own side failed: disk full, out of memory */
};

struct mn_transfer {
	const char *url;
	int fd;         /* the file, at its end; what arrives is appended */
	int64_t have;   /* its size; kept up to date */
	bool restarted; /* out: the server sent the file from its start although it was asked for the rest */
	int64_t bytes_max;
	int timeout;
	struct mn_progress *progress;
	struct mn_error why; /* after any end but DONE: one line that begins with the URL, or for LOCAL with what failed */
};

/* Asks for the bytes from `have` on. A server that sends all of them instead starts the file over. Redirects are followed (never from https
 * to http), certificates are verified, the proxy variables hold. */
enum mn_transfer_end mn_transfer(struct mn_transfer *transfer);

#endif
