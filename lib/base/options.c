#include "mn/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_ONLY = 256 }; /* getopt's codes: a letter, or this plus the row; --help and --version after the last row */

void mn_options_common(struct mn_option *rows, struct mn_common *common, const char *which)
{
	*common = (struct mn_common){.threads = 1, .progress = "auto"};
	const struct mn_option all[] = {
	        {"", 'o', MN_OPTION_TEXT, &common->output, "FILE", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "write to FILE, whole or not at all, instead of to standard output"},
	        {"seed", 0, MN_OPTION_INT, &common->seed, "N", 0, 0x1p63, 0, "seed of all random numbers"},
	        {"threads", 0, MN_OPTION_INT, &common->threads, "N", 1, 1024, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "threads to use; the result is the same for any number"},
	        {"", 'q', MN_OPTION_FLAG, &common->quiet, NULL, 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT, "say nothing but errors"},
	        {"progress", 0, MN_OPTION_CHOICE, &common->progress, "auto|always|never", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "progress on standard error; auto: where that is a terminal"},
	        {"", 'z', MN_OPTION_FLAG, &common->gzip, NULL, 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT, "compress the output with gzip"},
	        {"no-history", 0, MN_OPTION_FLAG, &common->no_history, NULL, 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "leave the history out of the output"},
	        {"describe", 0, MN_OPTION_TEXT, &common->describe, "FILE", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT | MN_OPTION_INSTEAD,
	         "print the tensors, parameters and history of a stream, and stop"},
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		char letter[2] = {all[i].letter, '\0'};
		const char *word = all[i].letter ? letter : all[i].name;
		size_t length = strlen(word);
		for (const char *at = which; *at; at += strcspn(at, " "), at += strspn(at, " "))
			if (strcspn(at, " ") == length && memcmp(at, word, length) == 0)
				*rows++ = all[i];
	}
	*rows = (struct mn_option){0};
}

static int64_t whole(double bound)
{
	return bound >= 0x1p63 ? INT64_MAX : bound <= -0x1p63 ? INT64_MIN : (int64_t)bound;
}

/* "--lr", or "-o" where there is no long name. */
static const char *spelling(const struct mn_option *option, char room[64])
{
	if (*option->name)
		snprintf(room, 64, "--%s", option->name);
	else
		snprintf(room, 64, "-%c", option->letter);
	return room;
}

static int refuse_int(const struct mn_option *option, const char *text, struct mn_error *err)
{
	char name[64];
	return mn_misuse(err, "%s: '%s' is not a whole number between %lld and %lld", spelling(option, name), text,
	                 (long long)whole(option->low), (long long)whole(option->high));
}

static int refuse_real(const struct mn_option *option, const char *text, struct mn_error *err)
{
	char name[64], low[MN_NUMBER_SIZE], high[MN_NUMBER_SIZE];
	spelling(option, name);
	mn_format_shortest(low, option->low);
	mn_format_shortest(high, option->high);
	if (isinf(option->low) && isinf(option->high))
		return mn_misuse(err, "%s: '%s' is not a number", name, text);
	if (isinf(option->high))
		return mn_misuse(err, "%s: '%s' is not a number of %s or more", name, text, low);
	if (isinf(option->low))
		return mn_misuse(err, "%s: '%s' is not a number of %s or less", name, text, high);
	return mn_misuse(err, "%s: '%s' is not a number between %s and %s", name, text, low, high);
}

static int set_choice(const struct mn_option *option, const char *text, struct mn_error *err)
{
	char name[64];
	size_t length = strlen(text);
	for (const char *word = option->metavar; word; word = strchr(word, '|') ? strchr(word, '|') + 1 : NULL)
		if (length && strcspn(word, "|") == length && memcmp(word, text, length) == 0) {
			*(const char **)option->to = text;
			return 0;
		}
	return mn_misuse(err, "%s: '%s' is not one of %s", spelling(option, name), text, option->metavar);
}

static int set_range(const struct mn_option *option, const char *text, struct mn_error *err)
{
	char name[64], from[24];
	struct mn_range range;
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : sizeof from;
	if (length < sizeof from) {
		memcpy(from, text, length);
		from[length] = '\0';
		if (mn_parse_int(from, 0, INT64_MAX, &range.from) == 0 &&
		    mn_parse_int(colon + 1, range.from + 1, INT64_MAX, &range.to) == 0) {
			*(struct mn_range *)option->to = range;
			return 0;
		}
	}
	return mn_misuse(err, "%s: '%s' is not a range A:B of rows A <= i < B", spelling(option, name), text);
}

static int add_to_list(const struct mn_option *option, const char *text, struct mn_error *err)
{
	struct mn_list *list = option->to;
	const char **grown = realloc(list->item, ((size_t)list->count + 1) * sizeof *grown);
	if (!grown)
		return mn_fail_memory(err, option->name, ((size_t)list->count + 1) * sizeof *grown);
	list->item = grown;
	list->item[list->count++] = text;
	return 0;
}

static int set(const struct mn_option *option, const char *text, struct mn_error *err)
{
	switch (option->type) {
	case MN_OPTION_FLAG:
		*(bool *)option->to = true;
		return 0;
	case MN_OPTION_INT:
		return mn_parse_int(text, whole(option->low), whole(option->high), option->to) ? refuse_int(option, text, err) : 0;
	case MN_OPTION_REAL:
		return mn_parse_real(text, option->low, option->high, option->to) ? refuse_real(option, text, err) : 0;
	case MN_OPTION_TEXT:
		*(const char **)option->to = text;
		return 0;
	case MN_OPTION_CHOICE:
		return set_choice(option, text, err);
	case MN_OPTION_RANGE:
		return set_range(option, text, err);
	case MN_OPTION_LIST:
		return add_to_list(option, text, err);
	}
	return 0;
}

/* What getopt_long needs to know, made from the table. */
struct grammar {
	int rows;
	struct option *longs; /* rows + 3: those with a long name, help, version, the end */
	char *letters;        /* ":o:q" */
	bool *given;
};

static void free_grammar(struct grammar *grammar)
{
	free(grammar->longs);
	free(grammar->letters);
	free(grammar->given);
}

static int make_grammar(const struct mn_option *options, struct grammar *grammar, struct mn_error *err)
{
	size_t rows = 0;
	while (options[rows].name)
		rows++;
	*grammar = (struct grammar){.rows = (int)rows,
	                            .longs = calloc(rows + 3, sizeof *grammar->longs),
	                            .letters = calloc(2 * rows + 2, 1),
	                            .given = calloc(rows + 1, sizeof *grammar->given)};
	if (!grammar->longs || !grammar->letters || !grammar->given) {
		free_grammar(grammar);
		return mn_fail_memory(err, "options", rows * sizeof *grammar->longs);
	}
	struct option *next = grammar->longs;
	char *letter = grammar->letters;
	*letter++ = ':'; /* a missing value is told apart from an unknown option */
	for (int i = 0; i < grammar->rows; i++) {
		int has_value = options[i].type != MN_OPTION_FLAG;
		if (*options[i].name)
			*next++ = (struct option){options[i].name, has_value, NULL, LONG_ONLY + i};
		if (options[i].letter)
			*letter++ = options[i].letter;
		if (options[i].letter && has_value)
			*letter++ = ':';
	}
	*next++ = (struct option){"help", no_argument, NULL, LONG_ONLY + grammar->rows};
	*next = (struct option){"version", no_argument, NULL, LONG_ONLY + grammar->rows + 1};
	return 0;
}

static int row_of(const struct mn_option *options, int code)
{
	if (code >= LONG_ONLY)
		return code - LONG_ONLY;
	int row = 0;
	while (options[row].letter != code)
		row++;
	return row;
}

/* getopt_long takes --thr for --threads; we do not. word: the element of argv that it read. */
static bool abbreviated(const char *word, const char *name)
{
	return strcspn(word + 2, "=") != strlen(name);
}

static int refuse_word(const struct mn_program *program, int code, const char *word, struct mn_error *err)
{
	char name[64];
	size_t length = strcspn(word, "=");
	if (code == ':') {
		const struct mn_option *option = &program->options[row_of(program->options, optopt)];
		return mn_misuse(err, "%s: needs a value %s", spelling(option, name), option->metavar);
	}
	if (optopt > 0 && optopt < LONG_ONLY)
		return mn_misuse(err, "unknown option '-%c'; see %s --help", optopt, program->name);
	if (optopt >= LONG_ONLY && word[length])
		return mn_misuse(err, "%.*s: takes no value", (int)length, word);
	return mn_misuse(err, "unknown option '%.*s'; see %s --help", (int)length, word, program->name);
}

static int check_required(const struct mn_option *options, const struct grammar *grammar, struct mn_error *err)
{
	char name[64];
	for (int i = 0; i < grammar->rows; i++)
		if (grammar->given[i] && (options[i].marks & MN_OPTION_INSTEAD))
			return 0;
	for (int i = 0; i < grammar->rows; i++)
		if (!grammar->given[i] && (options[i].marks & MN_OPTION_REQUIRED))
			return mn_misuse(err, "%s %s is required", spelling(&options[i], name), options[i].metavar);
	return 0;
}

static int parse(const struct mn_program *program, const struct grammar *grammar, int argc, char **argv, int *asked, struct mn_error *err)
{
	int code, index = -1;
	optind = 0; /* start anew (glibc) */
	opterr = 0;
	while ((code = getopt_long(argc, argv, grammar->letters, grammar->longs, &index)) != -1) {
		const char *word = argv[optind - 1];
		if (code != ':' && code != '?' && optarg == word)
			word = argv[optind - 2];
		if (code == ':' || code == '?')
			return refuse_word(program, code, word, err);
		int row = row_of(program->options, code);
		if (code >= LONG_ONLY && abbreviated(word, grammar->longs[index].name))
			return mn_misuse(err, "unknown option '%.*s'; see %s --help", (int)strcspn(word, "="), word, program->name);
		if (row >= grammar->rows) {
			*asked = row - grammar->rows;
			return 0;
		}
		grammar->given[row] = true;
		if (set(&program->options[row], optarg, err) != 0)
			return -1;
	}
	return check_required(program->options, grammar, err);
}

int mn_options_parse(const struct mn_program *program, int argc, char **argv, char **text, struct mn_error *err)
{
	struct grammar grammar;
	int asked = -1; /* 0: --help, 1: --version */
	/* Written before parsing, while the values are still the defaults. */
	char *help = mn_options_help(program);
	if (!help)
		return mn_fail_memory(err, "options", 0);
	if (make_grammar(program->options, &grammar, err) != 0) {
		free(help);
		return -1;
	}
	int failed = parse(program, &grammar, argc, argv, &asked, err);
	free_grammar(&grammar);
	if (!failed && asked == 0) {
		*text = help;
		return -2;
	}
	free(help);
	if (!failed && asked == 1) {
		*text = mn_version_text(program->name);
		return *text ? -2 : mn_fail_memory(err, "options", 0);
	}
	return failed ? -1 : optind;
}
