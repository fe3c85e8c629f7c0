/* download.h - one file from the first mirror that has it: resumed, retried, checked, and only then given its name.
 *
 * What arrives goes to FOLDER/NAME.part, which a later call goes on with. FOLDER/NAME exists only once it was checked. FOLDER/NAME.lock
 * keeps two processes apart; it is locked with flock(2), so that a killed one leaves nothing behind that stops the next.
 */
#ifndef MN_DOWNLOAD_H
#define MN_DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "mn/error.h"

enum { MN_PATH_SIZE = 4096 };

/* Where one-line notices go ("URL: HTTP 503"); fn may be NULL. */
struct mn_notices {
	void (*fn)(void *arg, const char *line);
	void *arg;
};

struct mn_download {
	const char *const *mirror; /* base URLs (http or https) in order of preference, each with a slash at its end; ends with NULL */
	const char *path;          /* what is appended to a base URL */
	const char *folder;        /* made where it is missing */
	const char *name;          /* of the file in the folder */
	int64_t bytes_max;         /* a server that sends more is left */
	const char *sha256;        /* of the file */
	/* Asked where the SHA-256 is another one: whether the file at path has the right content all the same (a gzip file made anew). May
	 * be NULL. */
	bool (*same_content)(const void *arg, const char *path);
	const void *arg;
	int timeout;          /* seconds: to connect, and without data */
	int retries;          /* rounds over the mirrors after the first that may bring nothing, before it is given up */
	const char *progress; /* auto, always or never */
	bool quiet;
	struct mn_notices notices;
};

/* Makes FOLDER/NAME, or finds it made by another process meanwhile. 0, or -1 with err that names the last URL and what was wrong. */
int mn_download(const struct mn_download *what, struct mn_error *err);

#endif
