/* mn-corrupt - replaces a fraction of a data set's labels or inputs by noise; see mn-corrupt(1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "mn/corrupt.h"
#include "mn/history.h"
#include "mn/options.h"
#include "mn/output.h"

static const char name[] = "mn-corrupt";

struct settings {
	struct mn_corruption how;
	const char *label_kind, *input_kind, *moments;
	const char *input;
	struct mn_common common;
};

static void say_rates(const struct mn_corruption *how, const struct mn_corrupted *done, int64_t rows)
{
	double all = rows > 0 ? (double)rows : 1;
	fprintf(stderr,
	        "mn-corrupt: labels: %.9g requested, %.9g realized (%lld of %lld rows replaced, %lld differ); "
	        "inputs: %.9g requested, %.9g realized (%lld replaced, %lld differ)\n",
	        how->labels, (double)done->labels_changed / all, (long long)done->labels_chosen, (long long)rows,
	        (long long)done->labels_changed, how->inputs, (double)done->inputs_changed / all, (long long)done->inputs_chosen,
	        (long long)done->inputs_changed);
}

/* The history entry holds the CRCs of the data as it came, so it is made before anything changes. */
static int remember(struct mn_stream *stream, const struct settings *settings, const char *command, struct mn_error *err)
{
	if (settings->common.no_history) {
		mn_history_remove(stream);
		return 0;
	}
	const struct mn_stream *inputs[] = {stream};
	return mn_history_append(stream, name, command, settings->common.seed, inputs, 1, NULL, err);
}

static int corrupt(struct settings *settings, struct mn_dataset *data, const char *command, struct mn_error *err)
{
	struct mn_corrupted done;
	if (mn_dataset_read(data, settings->input, err) || remember(&data->stream, settings, command, err))
		return -1;
	struct mn_pool *pool = mn_pool_new((int)settings->common.threads, err);
	if (!pool)
		return -1;
	int status = mn_corrupt(data, &settings->how, pool, &done, err);
	mn_pool_free(pool);
	if (status == 0 && !settings->common.quiet)
		say_rates(&settings->how, &done, data->rows);
	return status;
}

static int run(struct settings *settings, const struct mn_program *program, struct mn_error *err)
{
	struct mn_dataset data = {0};
	if (mn_output_check(settings->common.output, true, err))
		return -1;
	char *command = mn_options_canonical(program);
	if (!command)
		return mn_fail_memory(err, "command line", 0);
	int status = corrupt(settings, &data, command, err)
	                     ? -1
	                     : mn_stream_save(&data.stream, settings->common.output, settings->common.gzip, err);
	mn_dataset_free(&data);
	free(command);
	return status;
}

enum { OWN_ROWS = 5, ROWS = OWN_ROWS + 9 };

static void make_table(struct mn_option table[ROWS], struct settings *s)
{
	const struct mn_option own[OWN_ROWS] = {
	        {"labels", 0, MN_OPTION_REAL, &s->how.labels, "P", 0, 1, 0, "replace this fraction of the labels"},
	        {"label-kind", 0, MN_OPTION_CHOICE, &s->label_kind, "uniform|wrong|permute", 0, 0, 0, "what the new labels are"},
	        {"inputs", 0, MN_OPTION_REAL, &s->how.inputs, "P", 0, 1, 0, "replace this fraction of the inputs"},
	        {"input-kind", 0, MN_OPTION_CHOICE, &s->input_kind, "gaussian|shuffle|permute", 0, 0, 0, "what the new inputs are"},
	        {"moments", 0, MN_OPTION_CHOICE, &s->moments, "global|channel|pixel", 0, 0, 0,
	         "what mean and variance of Gaussian noise are taken over"},
	};
	memcpy(table, own, sizeof own);
	mn_options_common(table + OWN_ROWS, &s->common, "o seed threads q progress z no-history describe");
}

int main(int argc, char **argv)
{
	struct settings settings = {.label_kind = "uniform", .input_kind = "gaussian", .moments = "global"};
	struct mn_option table[ROWS] = {0};
	mn_start();
	make_table(table, &settings);
	const struct mn_program program = {name, "[--labels P] [--inputs P] [OPTION ...] [DATA]",
	                                   "replace a fraction of a data set's labels or inputs by noise", table};
	struct mn_error err = {0};
	char *text = NULL;
	int operand = mn_options_parse(&program, argc, argv, &text, &err);
	if (operand == -2)
		return mn_print_and_close(name, text);
	if (operand < 0)
		return mn_report(name, &err);
	if (settings.common.describe)
		return mn_describe_and_close(name, settings.common.describe);
	settings.how.seed = (uint64_t)settings.common.seed;
	settings.how.label_kind = (enum mn_label_kind)mn_label_kind(settings.label_kind);
	settings.how.input_kind = (enum mn_input_kind)mn_input_kind(settings.input_kind);
	settings.how.moments = (enum mn_moments)mn_moments_kind(settings.moments);
	int status =
	        mn_one_operand(argc, argv, operand, &settings.input, &err) || run(&settings, &program, &err) ? mn_report(name, &err) : 0;
	return mn_close_stdout(name, status);
}
