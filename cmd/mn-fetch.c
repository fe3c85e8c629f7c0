/* mn-fetch - a known data set from this machine or the network; see mn-fetch(1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "mn/fetch.h"
#include "mn/history.h"
#include "mn/options.h"
#include "mn/output.h"

static const char name[] = "mn-fetch";

struct settings {
	struct mn_fetch how;
	const char *split;
	bool list;
	struct mn_common common;
};

enum { OWN_ROWS = 5, ROWS = OWN_ROWS + 9 };

static void make_table(struct mn_option table[ROWS], struct settings *s)
{
	const unsigned aside = MN_OPTION_CANNOT_CHANGE_RESULT;
	const struct mn_option own[OWN_ROWS] = {
	        {"split", 0, MN_OPTION_CHOICE, &s->split, "train|test", 0, 0, 0, "which of its parts"},
	        {"range", 0, MN_OPTION_RANGE, &s->how.range, "A:B", 0, 0, 0, "rows A to B-1 of the split, counted from 0; by default all"},
	        {"from", 0, MN_OPTION_TEXT, &s->how.from, "DIR", 0, 0, aside, "take its files from this folder and no other"},
	        {"offline", 0, MN_OPTION_FLAG, &s->how.offline, NULL, 0, 0, aside, "never download"},
	        {"list", 0, MN_OPTION_FLAG, &s->list, NULL, 0, 0, aside | MN_OPTION_INSTEAD,
	         "print the known data sets, and where their files are found"},
	};
	memcpy(table, own, sizeof own);
	mn_options_common(table + OWN_ROWS, &s->common, "o seed threads q progress z no-history describe");
	/* Every program takes --seed, but no number here is random. */
	for (int i = OWN_ROWS; table[i].name; i++)
		if (strcmp(table[i].name, "seed") == 0)
			table[i].marks |= aside;
}

static void print_notice(void *arg, const char *line)
{
	(void)arg;
	struct mn_error notice = {0};
	mn_fail(&notice, "%s", line);
	mn_report(name, &notice);
}

static int remember(struct mn_stream *stream, const struct settings *settings, const struct mn_program *program, struct mn_error *err)
{
	if (settings->common.no_history)
		return 0;
	char *options = mn_options_canonical(program), *command = NULL;
	int status = -1;
	if (!options || asprintf(&command, "%s %s", options, settings->how.dataset) < 0)
		mn_fail_memory(err, "command line", 0);
	else
		status = mn_history_append(stream, name, command, 0, NULL, 0, NULL, err);
	free(options);
	free(command);
	return status;
}

static int fetch(struct settings *settings, const struct mn_program *program, struct mn_error *err)
{
	struct mn_stream stream = {0};
	if (mn_output_check(settings->common.output, true, err) || mn_fetch(&stream, &settings->how, err))
		return -1;
	int status = remember(&stream, settings, program, err)
	                     ? -1
	                     : mn_stream_save(&stream, settings->common.output, settings->common.gzip, err);
	mn_stream_free(&stream);
	return status;
}

static int list(const struct settings *settings, struct mn_error *err)
{
	struct mn_output output = {0};
	if (mn_output_open(&output, settings->common.output, false, err))
		return -1;
	int status = mn_fetch_list(output.file, settings->how.from, err) ? -1 : mn_output_commit(&output, err);
	mn_output_discard(&output);
	return status;
}

static int take_operand(int argc, char **argv, int first, struct settings *settings, struct mn_error *err)
{
	int count = argc - first, wanted = settings->list ? 0 : 1;
	if (count > wanted)
		return mn_misuse(err, "'%s' is one operand too many", argv[first + wanted]);
	if (count < wanted)
		return mn_misuse(err, "which data set? (mn-fetch --list names them)");
	settings->how.dataset = settings->list ? NULL : argv[first];
	return 0;
}

int main(int argc, char **argv)
{
	struct settings settings = {.split = "train", .how = {.range = {0, -1}}};
	struct mn_option table[ROWS] = {0};
	mn_start();
	make_table(table, &settings);
	const struct mn_program program = {name, "[--split train|test] [--range A:B] [--from DIR] [OPTION ...] DATASET",
	                                   "a known data set, from a folder or the network, as a stream", table};
	struct mn_error err = {0};
	char *text = NULL;
	int operand = mn_options_parse(&program, argc, argv, &text, &err);
	if (operand == -2)
		return mn_print_and_close(name, text);
	if (operand < 0)
		return mn_report(name, &err);
	if (settings.common.describe)
		return mn_describe_and_close(name, settings.common.describe);
	settings.how.split = strcmp(settings.split, "test") == 0 ? MN_SPLIT_TEST : MN_SPLIT_TRAIN;
	settings.how.progress = settings.common.progress;
	settings.how.quiet = settings.common.quiet;
	settings.how.notices.fn = settings.common.quiet ? NULL : print_notice;
	int status = take_operand(argc, argv, operand, &settings, &err);
	if (status == 0)
		status = settings.list ? list(&settings, &err) : fetch(&settings, &program, &err);
	return mn_close_stdout(name, status ? mn_report(name, &err) : 0);
}
