/* csv.h - CSV out (RFC 4180, quoting by libcsv) and in (libcsv). Numbers as %.9g in the C locale; nan and inf spelled so.
 *
 * Lines end in \n, as everywhere on Unix; \r\n is read too. */
#ifndef MN_CSV_H
#define MN_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "mn/error.h"

struct mn_csv {
	FILE *file;
	bool begun;      /* a field of the present row was written */
	bool lone_empty; /* ... and it was a single empty one */
};

/* Fields of the present row, one after the other; NULL or "" text and NAN-with-empty are written as an empty field. */
void mn_csv_text(struct mn_csv *csv, const char *text);
void mn_csv_real(struct mn_csv *csv, double value);
void mn_csv_int(struct mn_csv *csv, int64_t value);
void mn_csv_empty(struct mn_csv *csv);
/* value, or an empty field where there is none (count == 0). */
void mn_csv_ratio(struct mn_csv *csv, int64_t part, int64_t count);
/* Ends the row. Write errors are seen when the output is committed. */
void mn_csv_end(struct mn_csv *csv);
/* Ends the row and flushes it. 0, or -1 with err naming path. */
int mn_csv_flush(struct mn_csv *csv, const char *path, struct mn_error *err);

/* Reading: calls row(arg, fields, count, line) for each record, the header first; fields are NUL-terminated and good during the call.
 * line is the record's first line, counted from 1. row returns 0 to go on, or -1 with err to stop. Malformed quoting, NUL bytes and a last
 * line without its end are errors that name path and line; blank lines are skipped. Unquoted blanks around a field are dropped. */
typedef int mn_csv_row_fn(void *arg, char **fields, int count, int64_t line, struct mn_error *err);
int mn_csv_read(FILE *file, const char *path, mn_csv_row_fn *row, void *arg, struct mn_error *err);

#endif
