/* output.h - outputs that are whole or absent.
 *
 * A file is written to a temporary beside its final name, synced and renamed by mn_output_commit; whatever
 * happens before that, the file of that name, if any, is untouched. Standard output is checked at its last close.
 */
#ifndef MN_OUTPUT_H
#define MN_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "mn/error.h"

struct mn_output {
	FILE *file;      /* write here */
	char *path;      /* NULL for standard output */
	char *temporary; /* NULL for standard output and for devices and pipes, which are opened as they are (-o /dev/full) */
};

/* path NULL or "-": standard output. binary: refused where standard output is a terminal (status 2), before any work.
 * Returns 0, or -1 with err. On success the caller must call commit or discard once. */
int mn_output_open(struct mn_output *output, const char *path, bool binary, struct mn_error *err);

/* For a program that works long before it opens its output: refuses now what mn_output_open would refuse then. Leaves no trace, and does
 * not open a pipe. */
int mn_output_check(const char *path, bool binary, struct mn_error *err);

/* Whether two paths lead to one file, or would. */
bool mn_same_file(const char *a, const char *b);

/* Flushes, checks, syncs, closes and renames. -1 with err where anything failed; then no file of that name was made. */
int mn_output_commit(struct mn_output *output, struct mn_error *err);

/* Puts the output's name before what a writer that knows no name said. Returns -1. */
int mn_output_blame(const struct mn_output *output, struct mn_error *err);

/* Closes and removes the temporary. Safe on a zeroed or committed output. */
void mn_output_discard(struct mn_output *output);

#endif
