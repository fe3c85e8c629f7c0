/* options.h - one table of options a program: parsing, --help, the canonical command line.
 *
 * Long options as GNU's getopt_long takes them (--lr 0.1, --lr=0.1) but never abbreviated, so that a later option cannot
 * make an old command ambiguous; short ones where the table names one. "--" ends the options; "-" is an operand.
 * Numbers are parsed strictly: see numbers.h. Of an option given twice the last counts, lists excepted.
 */
#ifndef MN_OPTIONS_H
#define MN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/numbers.h"

enum mn_option_type {
	MN_OPTION_FLAG,   /* bool *to: true when given */
	MN_OPTION_INT,    /* int64_t *to, between low and high */
	MN_OPTION_REAL,   /* double *to, between low and high */
	MN_OPTION_TEXT,   /* const char **to: points into argv */
	MN_OPTION_CHOICE, /* const char **to: one of the words in `words`, separated by '|' */
	MN_OPTION_RANGE,  /* struct mn_range *to: A:B with 0 <= A < B */
	MN_OPTION_LIST,   /* struct mn_list *to: may be given again and again; text points into argv */
};

struct mn_range {
	int64_t from, to; /* rows from <= i < to; to = -1: not given */
};

struct mn_list {
	const char **item; /* owned by the table's user: free(list.item) after use */
	int count;
};

enum mn_option_mark {
	MN_OPTION_CANNOT_CHANGE_RESULT = 1, /* left out of the canonical command line (--threads, -o, paths, ...) */
	MN_OPTION_REQUIRED = 2,
	MN_OPTION_INSTEAD = 4, /* where it is given, no other is required (--describe, --list) */
};

struct mn_option {
	const char *name; /* "lr", without the dashes; a table ends with a NULL name */
	char letter;      /* 'o' for -o; 0: none. An option may have a letter and an empty name ("") */
	enum mn_option_type type;
	void *to;            /* holds the default before parsing */
	const char *metavar; /* "RATE"; for CHOICE the words themselves: "uniform|wrong|permute" */
	double low, high;    /* INT and REAL: the range, both ends allowed */
	unsigned marks;      /* of enum mn_option_mark */
	const char *help;    /* one line; the default is added from *to */
};

/* What every program has: -o, --seed, --threads, -q, --progress, -z, --no-history, --describe. */
struct mn_common {
	const char *output; /* NULL or "-": standard output */
	int64_t seed;
	int64_t threads;
	bool quiet;
	const char *progress; /* auto, always or never */
	bool gzip;
	bool no_history;
	const char *describe; /* NULL, or the stream to describe */
};

struct mn_program {
	const char *name;          /* "mn-train" */
	const char *synopsis;      /* "--net NET [DATA]" */
	const char *purpose;       /* one line for --help */
	struct mn_option *options; /* its own and, by mn_options_common, the common ones; ends with a NULL name */
};

/* The common options as table rows, to be appended to a program's own: writes at most 9 rows (the NULL row included)
 * to `rows`; `which` holds the letters/words of those that the program has, as in "o seed threads q progress z no-history describe".
 * Defaults are set in *common. */
void mn_options_common(struct mn_option *rows, struct mn_common *common, const char *which);

/* Parses argv. Returns the index of the first operand (operands are moved to the end of argv), or -1 with err
 * (status 2, naming the option), or -2 after --help or --version was asked for: *text then holds what to print on
 * standard output (to be freed). Not for two threads at a time: getopt_long keeps its place in globals. */
int mn_options_parse(const struct mn_program *program, int argc, char **argv, char **text, struct mn_error *err);

/* "mn-train --net mlp:512,512 --epochs 10 ...": the options in table order with their present values, in the spelling
 * that would give them again, quoted for the shell where needed; flags that are off, texts that are NULL and those marked
 * CANNOT_CHANGE_RESULT left out. To be freed; NULL when out of memory. */
char *mn_options_canonical(const struct mn_program *program);

/* Calls fn for each option of the canonical command line: name without the dashes, value as text; "yes" for a flag. */
typedef void mn_option_fn(void *arg, const char *name, const char *value);
void mn_options_each(const struct mn_program *program, mn_option_fn *fn, void *arg);

/* The texts of --help and --version; to be freed, NULL when out of memory. The defaults shown are the present values. The
 * version names the libraries that are linked to this program. */
char *mn_options_help(const struct mn_program *program);
char *mn_version_text(const char *name);

#endif
