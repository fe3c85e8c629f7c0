/* help.c - the texts made from an option table: --help, --version, the canonical command line. */
#include "mn/options.h"

#include <archive.h>
#include <cblas.h>
#include <curl/curl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "mn/text.h"

/* A program that does not use one of these is not linked to it (--as-needed): then the name is NULL here. */
#pragma weak archive_version_string
#pragma weak curl_version_info
#pragma weak jansson_version_str
#pragma weak openblas_get_config
#pragma weak OpenSSL_version
#pragma weak zlibVersion

enum { HELP_COLUMN = 26, HELP_WIDTH = 80 };

static void put_quoted(FILE *to, const char *text)
{
	const char *plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:,=+%@-";
	if (*text && text[strspn(text, plain)] == '\0') {
		fputs(text, to);
		return;
	}
	putc('\'', to);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", to);
		else
			putc(*text, to);
	}
	putc('\'', to);
}

/* The present value as text, or NULL where there is none. Lists and flags have none of this kind. */
static const char *value_text(const struct mn_option *option, char room[64])
{
	const struct mn_range *range = option->to;
	switch (option->type) {
	case MN_OPTION_INT:
		snprintf(room, 64, "%lld", (long long)*(const int64_t *)option->to);
		return room;
	case MN_OPTION_REAL:
		mn_format_shortest(room, *(const double *)option->to);
		return room;
	case MN_OPTION_TEXT:
	case MN_OPTION_CHOICE:
		return *(const char *const *)option->to;
	case MN_OPTION_RANGE:
		if (range->to < 0)
			return NULL;
		snprintf(room, 64, "%lld:%lld", (long long)range->from, (long long)range->to);
		return room;
	case MN_OPTION_FLAG:
	case MN_OPTION_LIST:
		break;
	}
	return NULL;
}

/* value: NULL for a flag. */
typedef void each_fn(void *arg, const struct mn_option *option, const char *value);

static void each_canonical(const struct mn_program *program, each_fn *fn, void *arg)
{
	char room[64];
	for (const struct mn_option *option = program->options; option->name; option++) {
		const struct mn_list *list = option->to;
		const char *value = value_text(option, room);
		if (option->marks & MN_OPTION_CANNOT_CHANGE_RESULT)
			continue;
		if (value || (option->type == MN_OPTION_FLAG && *(const bool *)option->to))
			fn(arg, option, value);
		for (int i = 0; option->type == MN_OPTION_LIST && i < list->count; i++)
			fn(arg, option, list->item[i]);
	}
}

static void put_option(void *arg, const struct mn_option *option, const char *value)
{
	FILE *to = arg;
	if (*option->name)
		fprintf(to, " --%s", option->name);
	else
		fprintf(to, " -%c", option->letter);
	if (value) {
		putc(' ', to);
		put_quoted(to, value);
	}
}

char *mn_options_canonical(const struct mn_program *program)
{
	struct mn_text text;
	FILE *to = mn_text_open(&text);
	if (!to)
		return NULL;
	fputs(program->name, to);
	each_canonical(program, put_option, to);
	return mn_text_close(&text, to);
}

struct each_call {
	mn_option_fn *fn;
	void *arg;
};

static void call(void *arg, const struct mn_option *option, const char *value)
{
	const struct each_call *to = arg;
	char letter[2] = {option->letter, '\0'};
	to->fn(to->arg, *option->name ? option->name : letter, value ? value : "yes");
}

void mn_options_each(const struct mn_program *program, mn_option_fn *fn, void *arg)
{
	struct each_call to = {fn, arg};
	each_canonical(program, call, &to);
}

/* A word, or all of "[--range A:B]". */
static int word_length(const char *text)
{
	const char *end = *text == '[' ? strchr(text, ']') : NULL;
	return (int)((end ? end - text : 0) + (long)strcspn(end ? end : text, " "));
}

/* Words broken over lines that begin at column indent; at: the column where we stand. */
static void put_wrapped(FILE *to, int at, int indent, const char *text)
{
	bool first = true; /* on its line */
	while (*text) {
		int length = word_length(text);
		if (!first && at + 1 + length > HELP_WIDTH) {
			fprintf(to, "\n%*s", indent, "");
			at = indent;
			first = true;
		}
		at += fprintf(to, "%s%.*s", first ? "" : " ", length, text);
		first = false;
		text += length;
		text += strspn(text, " ");
	}
	putc('\n', to);
}

static void put_help_row(FILE *to, const char *left, const char *help)
{
	int at = fprintf(to, "  %s", left);
	if (at >= HELP_COLUMN - 1) {
		putc('\n', to);
		at = 0;
	}
	fprintf(to, "%*s", HELP_COLUMN - at, "");
	put_wrapped(to, HELP_COLUMN, HELP_COLUMN, help);
}

char *mn_options_help(const struct mn_program *program)
{
	char room[64], left[160], help[1024];
	struct mn_text text;
	FILE *to = mn_text_open(&text);
	if (!to)
		return NULL;
	int indent = fprintf(to, "Usage: %s ", program->name);
	put_wrapped(to, indent, indent, program->synopsis);
	put_wrapped(to, 0, 0, program->purpose);
	putc('\n', to);
	for (const struct mn_option *option = program->options; option->name; option++) {
		const char *value = value_text(option, room);
		char letter[8] = "";
		if (option->letter)
			snprintf(letter, sizeof letter, "-%c%s", option->letter, *option->name ? ", " : "");
		snprintf(left, sizeof left, "%s%s%s%s%s", letter, *option->name ? "--" : "", option->name, option->metavar ? " " : "",
		         option->metavar ? option->metavar : "");
		if (option->marks & MN_OPTION_REQUIRED)
			snprintf(help, sizeof help, "%s (required)", option->help);
		else if (value)
			snprintf(help, sizeof help, "%s (default: %s)", option->help, *value ? value : "''");
		else
			snprintf(help, sizeof help, "%s%s", option->help, option->type == MN_OPTION_LIST ? " (repeatable)" : "");
		put_help_row(to, left, help);
	}
	put_help_row(to, "--help", "print this text");
	put_help_row(to, "--version", "print the versions of the program and its libraries");
	return mn_text_close(&text, to);
}

char *mn_version_text(const char *name)
{
	struct mn_text text;
	FILE *to = mn_text_open(&text);
	if (!to)
		return NULL;
	fprintf(to, "%s %s\n", name, MN_VERSION);
	if (openblas_get_config)
		fprintf(to, "%s\n", openblas_get_config());
	if (zlibVersion)
		fprintf(to, "zlib %s\n", zlibVersion());
	if (jansson_version_str)
		fprintf(to, "jansson %s\n", jansson_version_str());
	if (curl_version_info)
		fprintf(to, "libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
	if (archive_version_string)
		fprintf(to, "%s\n", archive_version_string());
	if (OpenSSL_version)
		fprintf(to, "%s\n", OpenSSL_version(OPENSSL_VERSION));
	return mn_text_close(&text, to);
}
