/* rows.h - rows of one table that lies in one or many CSV files, as a rule with the same header. */
#ifndef MN_ROWS_H
#define MN_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/progress.h"

/* What to read. Texts belong to the caller. */
struct mn_source {
	const char *const *file;  /* paths, "-" being standard input */
	int files;                /* 0: standard input */
	const char *const *where; /* "COLUMN=VALUE": rows that do not meet all of them are passed over */
	int wheres;
	struct mn_progress *progress; /* counts files, or NULL */
	bool mixed;                   /* headers may differ: begin is called for each file */
};

/* The columns of the table, as the first file spells them. */
struct mn_header {
	const char *path;
	char **name;
	int count;
};

/* Where a row stands, for messages: "b.csv: line 12". */
struct mn_place {
	const char *path;
	int64_t line;
};

/* Called before any row (once, or for each file where headers may differ): finds its columns. 0, or -1 with err. */
typedef int mn_rows_begin_fn(void *arg, const struct mn_header *header, struct mn_error *err);
/* Called for each row that meets the conditions; field[header->count] is good during the call. 0, or -1 with err. */
typedef int mn_rows_row_fn(void *arg, char **field, const struct mn_place *place, struct mn_error *err);

/* Reads all files in order. An error names the file: one that is empty, whose header differs from the first one's (and where; not
 * where they may), or with a row of another length; also where no row meets the conditions. A condition holds where the texts are
 * the same or both are numbers of the same value. 0, or -1 with err. */
int mn_rows_read(const struct mn_source *source, mn_rows_begin_fn *begin, mn_rows_row_fn *row, void *arg, struct mn_error *err);

/* The index of a column, or -1 with err naming the file and the columns that it has. */
int mn_rows_column(const struct mn_header *header, const char *name, struct mn_error *err);
/* The same without an error: -1 where there is none. */
int mn_rows_optional(const struct mn_header *header, const char *name);

/* The indices of several columns: column[names->count]. 0, or -1 with err. */
struct mn_names;
int mn_rows_columns(const struct mn_header *header, const struct mn_names *names, int *column, struct mn_error *err);

/* A text as a number, in the C locale: as mn_parse_real, and nan, inf and -inf. False where it is none. */
bool mn_rows_parse(const char *text, double *value);

/* A field as a number ("nan" and "inf" are numbers). 0, or -1 with err naming place and column. */
int mn_rows_number(const char *field, const char *column, const struct mn_place *place, double *value, struct mn_error *err);

/* Names separated by commas. */
struct mn_names {
	char **name; /* owned; NULL where the text was NULL or "" */
	int count;
};

/* Splits text; an empty or repeated name is misuse, said of `option`. 0, or -1 with err. */
int mn_names_split(struct mn_names *names, const char *text, const char *option, struct mn_error *err);
void mn_names_free(struct mn_names *names);

/* The lines of a file (or "-"), empty ones left out, for --files-from. 0, or -1 with err. */
int mn_names_read(struct mn_names *names, const char *path, struct mn_error *err);

#endif
