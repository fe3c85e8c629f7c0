/* error.h - how the library reports what went wrong.
 *
 * The library neither prints nor exits. A function that can fail takes a
 * struct mn_error, fills it with one line (no newline, no program name) and
 * returns -1 or NULL; the program's main prints it and exits with its status.
 */
#ifndef MN_ERROR_H
#define MN_ERROR_H

#include <stdbool.h>

enum { MN_EXIT_FAILED = 1, MN_EXIT_MISUSED = 2 };

struct mn_error {
	int status;      /* exit status for the program: MN_EXIT_FAILED or MN_EXIT_MISUSED; 0 while nothing failed */
	bool memory;     /* for lack of memory: another way would fare no better */
	char text[1024]; /* "noisy.st: tensor 'labels' ends at byte 912, file has 700"; long texts are cut */
};

/* Sets err to the formatted text with status MN_EXIT_FAILED; returns -1. */
int mn_fail(struct mn_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with status MN_EXIT_MISUSED: the command line was wrong. */
int mn_misuse(struct mn_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* mn_fail with "NAME: out of memory (N bytes)"; returns -1. */
int mn_fail_memory(struct mn_error *err, const char *what, unsigned long long bytes);

#endif
