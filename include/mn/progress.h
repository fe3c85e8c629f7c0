/* progress.h - one line on standard error: what, a bar, the rate and the time left.
 *
 * Lives in base but prints: it is the one part of the library that may, to the FILE it is given. Redrawn at most five times a second. */
#ifndef MN_PROGRESS_H
#define MN_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

struct mn_progress {
	FILE *to;      /* NULL: silent */
	bool terminal; /* redraw with \r; otherwise a line each time */
	const char *label;
	const char *unit;      /* "examples" */
	double first;          /* units done at the first update, -1 before it: the rate counts from there */
	double started, drawn; /* monotonic seconds: of the first update, of the last line */
};

/* mode: auto (only on a terminal), always, never; quiet wins. */
void mn_progress_start(struct mn_progress *progress, const char *mode, bool quiet, const char *label, const char *unit);

/* done of total units; note (may be NULL) is shown at the end of the line ("loss 0.12"). */
void mn_progress_update(struct mn_progress *progress, double done, double total, const char *note);

/* Clears or ends the line. */
void mn_progress_end(struct mn_progress *progress);

#endif
