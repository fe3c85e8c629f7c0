/* mn-summarize - from many rows to a table of a figure; see mn-summarize(1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "mn/claims.h"
#include "mn/columns.h"
#include "mn/fit.h"
#include "mn/options.h"
#include "mn/output.h"
#include "mn/paired.h"
#include "mn/ratio.h"
#include "mn/regularizers.h"
#include "mn/summary.h"
#include "mn/survival.h"
#include "mn/text.h"

static const char name[] = "mn-summarize";

struct arguments {
	struct mn_common common;
	const char *by, *value, *stat, *files_from;
	struct mn_list where;
	const char *first, *claims, *fit, *regularizers, *paired_by, *minus, *relative_to;
	bool censored;
	int64_t resamples;
};

/* What is written, and the option that asks for it. */
enum task { DESCRIBE, FIRST, CENSORED, FIT, REGULARIZERS, CLAIMS, TASKS };
static const char *const task_option[TASKS] = {"value", "first", "censored", "fit", "regularizers", "claims"};

/* What the arguments come to, and the table that they are applied to. */
struct job {
	struct arguments a;
	enum task task;
	struct mn_names by, value, axes, regularizers, pair, files, listed;
	struct mn_stats stats;
	struct mn_condition condition;
	struct mn_relative relative;
	struct mn_source source;
};

enum { OWN_ROWS = 14, ROWS = OWN_ROWS + 9 };

static void make_table(struct mn_option table[ROWS], struct arguments *a)
{
	const unsigned aside = MN_OPTION_CANNOT_CHANGE_RESULT;
	const struct mn_option own[OWN_ROWS] = {
	        {"by", 0, MN_OPTION_TEXT, &a->by, "COLUMN,...", 0, 0, 0, "a group is the rows that have these columns in common"},
	        {"value", 0, MN_OPTION_TEXT, &a->value, "COLUMN,...", 0, 0, 0, "the columns to describe in each group"},
	        {"stat", 0, MN_OPTION_TEXT, &a->stat, "STAT,...", 0, 0, 0, "of n, nonfinite, mean, std, sem, ci95, median, min, max"},
	        {"where", 0, MN_OPTION_LIST, &a->where, "COLUMN=VALUE", 0, 0, 0, "take these rows alone; may be given again"},
	        {"files-from", 0, MN_OPTION_TEXT, &a->files_from, "FILE", 0, 0, aside, "read the files that FILE names, one a line"},
	        {"first", 0, MN_OPTION_TEXT, &a->first, "CONDITION", 0, 0, 0,
	         "from logs: each run's first epoch with, say, 'train_accuracy>=1', as time,censored"},
	        {"censored", 0, MN_OPTION_FLAG, &a->censored, NULL, 0, 0, 0, "from times: Kaplan-Meier medians"},
	        {"relative-to", 0, MN_OPTION_TEXT, &a->relative_to, "COLUMN=VALUE", 0, 0, 0,
	         "... and their ratios to those at this level (or max, min) of a --by column"},
	        {"fit", 0, MN_OPTION_TEXT, &a->fit, "X:Y", 0, 0, 0, "the exponent of Y ~ X^a, with its interval over seeds"},
	        {"regularizers", 0, MN_OPTION_TEXT, &a->regularizers, "COLUMN,...", 0, 0, 0,
	         "from logs and evaluations: accuracy on random and on real labels by each of these"},
	        {"paired-by", 0, MN_OPTION_TEXT, &a->paired_by, "COLUMN,...", 0, 0, 0, "describe differences within these (seed)"},
	        {"minus", 0, MN_OPTION_TEXT, &a->minus, "COLUMN=VALUE", 0, 0, 0, "... between each level of a --by column and this one"},
	        {"claims", 0, MN_OPTION_CHOICE, &a->claims, mn_claims_figures, 0, 0, 0,
	         "from a figure's runs: what they say to the paper's claims"},
	        {"resamples", 0, MN_OPTION_INT, &a->resamples, "N", 100, 1000000, 0, "bootstrap resamples of the seeds"},
	};
	memcpy(table, own, sizeof own);
	mn_options_common(table + OWN_ROWS, &a->common, "o seed threads q progress describe");
}

/* Every shared column but the epoch: what tells one run from another. */
static int run_columns(struct mn_names *names, struct mn_error *err)
{
	struct mn_text made;
	FILE *memory = mn_text_open(&made);
	if (!memory)
		return mn_fail_memory(err, "columns", 0);
	for (int i = 0, written = 0; i < mn_columns_count(); i++) {
		if (strcmp(mn_column_name(i), "epoch") != 0)
			fprintf(memory, "%s%s", written++ ? "," : "", mn_column_name(i));
	}
	char *text = mn_text_close(&made, memory);
	int status = text ? mn_names_split(names, text, "by", err) : mn_fail_memory(err, "columns", 0);
	free(text);
	return status;
}

/* What is asked for: at most one option says that it is not the description of groups. */
static int find_task(struct job *job, struct mn_error *err)
{
	const struct arguments *a = &job->a;
	const bool asked[TASKS] = {
	        [FIRST] = a->first, [CENSORED] = a->censored, [FIT] = a->fit, [REGULARIZERS] = a->regularizers, [CLAIMS] = a->claims};
	job->task = DESCRIBE;
	for (int task = 0; task < TASKS; task++) {
		if (asked[task] && job->task != DESCRIBE)
			return mn_misuse(err, "--%s and --%s are two steps", task_option[job->task], task_option[task]);
		if (asked[task])
			job->task = (enum task)task;
	}
	const char *option = task_option[job->task];
	if (job->task != DESCRIBE && a->stat)
		return mn_misuse(err, "--%s has statistics of its own, and takes no --stat", option);
	if (job->task == DESCRIBE && !a->value)
		return mn_misuse(err, "--value names no column to describe");
	if (job->task != DESCRIBE && job->task != CENSORED && a->value)
		return mn_misuse(err, "--%s takes no --value", option);
	if (job->task == CLAIMS && a->by)
		return mn_misuse(err, "--%s takes no --by", option);
	if (a->relative_to && job->task != CENSORED)
		return mn_misuse(err, "--relative-to goes with --censored");
	if (a->minus && (job->task != DESCRIBE || !a->paired_by))
		return mn_misuse(err, "--minus goes with --value and --paired-by");
	if (a->paired_by && !a->minus && job->task == DESCRIBE)
		return mn_misuse(err, "--paired-by needs --minus COLUMN=VALUE: what to take away");
	if (a->paired_by && job->task != DESCRIBE)
		return mn_misuse(err, "--%s takes no --paired-by", option);
	return 0;
}

/* The options' meaning; nothing is read yet. */
static int prepare(struct job *job, struct mn_error *err)
{
	const struct arguments *a = &job->a;
	if (find_task(job, err) != 0 || mn_names_split(&job->by, a->by, "by", err) != 0 ||
	    mn_names_split(&job->value, a->value, "value", err) != 0 || mn_names_split(&job->pair, a->paired_by, "paired-by", err) != 0 ||
	    mn_stats_parse(&job->stats, a->stat ? a->stat : "n,mean,ci95", err) != 0)
		return -1;
	if (job->task == CENSORED && job->value.count > 1)
		return mn_misuse(err, "--censored takes one --value, the column of the times");
	if (a->relative_to && mn_relative_parse(&job->relative, a->relative_to, &job->by, err) != 0)
		return -1;
	if (job->task == FIT && mn_fit_parse(&job->axes, a->fit, err) != 0)
		return -1;
	if (job->task == FIRST && mn_condition_parse(&job->condition, a->first, err) != 0)
		return -1;
	if (job->task == REGULARIZERS && mn_names_split(&job->regularizers, a->regularizers, "regularizers", err) != 0)
		return -1;
	return job->task == FIRST && job->by.count == 0 ? run_columns(&job->by, err) : 0;
}

/* The files to read: the operands and those that --files-from lists. */
static int find_files(struct job *job, char **operand, int operands, struct mn_error *err)
{
	struct mn_names *files = &job->files;
	if (job->a.files_from && mn_names_read(&job->listed, job->a.files_from, err) != 0)
		return -1;
	files->name = calloc((size_t)operands + (size_t)job->listed.count + 1, sizeof(*files->name));
	if (!files->name)
		return mn_fail_memory(err, "files", 0);
	for (int i = 0; i < operands; i++)
		files->name[files->count++] = operand[i];
	for (int i = 0; i < job->listed.count; i++)
		files->name[files->count++] = job->listed.name[i];
	return 0;
}

static int write_table(const struct job *job, struct mn_csv *csv, struct mn_error *err)
{
	const struct arguments *a = &job->a;
	const struct mn_resampling how = {a->common.seed, (int)a->resamples};
	switch (job->task) {
	case FIRST:
		return mn_first_write(&job->source, &job->by, a->by != NULL, &job->condition, csv, err);
	case CENSORED:
		return mn_survival_write(&job->source, &job->by, job->value.count ? job->value.name[0] : "time", "censored",
		                         a->relative_to ? &job->relative : NULL, &how, csv, err);
	case FIT:
		return mn_fit_write(&job->source, &job->by, job->axes.name[0], job->axes.name[1], "seed", &how, csv, err);
	case REGULARIZERS:
		return mn_regularizers_write(&job->source, &job->by, &job->regularizers, csv, err);
	case CLAIMS:
		return mn_claims_write(a->claims, &job->source, &how, csv, err);
	default:
		if (a->minus)
			return mn_paired_write(&job->source, &job->by, &job->pair, a->minus, &job->value, &job->stats, csv, err);
		return mn_summary_write(&job->source, &job->by, &job->value, &job->stats, csv, err);
	}
}

/* The table is made in memory: nothing comes out, to standard output neither, until all of it is there. */
static int make_text(struct job *job, struct mn_text *text, struct mn_error *err)
{
	struct mn_progress progress = {0};
	struct mn_csv csv = {.file = mn_text_open(text)};
	if (!csv.file)
		return mn_fail_memory(err, "the table", 0);
	mn_progress_start(&progress, job->a.common.progress, job->a.common.quiet, "reading", "files");
	job->source = (struct mn_source){.file = (const char *const *)job->files.name,
	                                 .files = job->files.count,
	                                 .where = job->a.where.item,
	                                 .wheres = job->a.where.count,
	                                 .progress = &progress};
	int status = write_table(job, &csv, err);
	mn_progress_end(&progress);
	if (!mn_text_close(text, csv.file) && status == 0)
		status = mn_fail_memory(err, "the table", text->size);
	return status;
}

static int run(struct job *job, struct mn_error *err)
{
	struct mn_output output = {0};
	struct mn_text text = {0};
	int status = mn_output_check(job->a.common.output, false, err);
	if (status == 0)
		status = make_text(job, &text, err);
	if (status == 0)
		status = mn_output_open(&output, job->a.common.output, false, err);
	if (status == 0) {
		fwrite(text.at, 1, text.size, output.file); /* an error is seen by the commit */
		status = mn_output_commit(&output, err);
	}
	mn_output_discard(&output);
	free(text.at);
	return status;
}

int main(int argc, char **argv)
{
	struct job job = {.a = {.resamples = 10000}};
	struct mn_option table[ROWS] = {0};
	mn_start();
	make_table(table, &job.a);
	struct mn_program program = {name, "--by COLUMN,... --value COLUMN,... [OPTION ...] [CSV ...]",
	                             "statistics of groups of rows, as CSV", table};
	struct mn_error err = {0};
	char *text;
	int first = mn_options_parse(&program, argc, argv, &text, &err);
	if (first == -2)
		return mn_print_and_close(name, text);
	if (first >= 0 && job.a.common.describe)
		return mn_describe_and_close(name, job.a.common.describe);
	int status = first < 0 ? -1 : prepare(&job, &err);
	if (status == 0)
		status = find_files(&job, argv + first, argc - first, &err);
	if (status == 0)
		status = run(&job, &err);
	mn_names_free(&job.by);
	mn_names_free(&job.value);
	mn_names_free(&job.axes);
	mn_names_free(&job.regularizers);
	mn_names_free(&job.pair);
	mn_names_free(&job.listed);
	free(job.files.name);
	free(job.a.where.item);
	return mn_close_stdout(name, status ? mn_report(name, &err) : 0);
}
