/* mn-eval - loss and accuracy of models on data sets; see mn-eval(1). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "mn/columns.h"
#include "mn/evaluate.h"
#include "mn/gemm.h"
#include "mn/options.h"
#include "mn/output.h"
#include "mn/session.h"

static const char name[] = "mn-eval";

struct arguments {
	struct mn_common common;
	struct mn_list data;
	const char *per_example;
};

enum { OWN_ROWS = 3, ROWS = OWN_ROWS + 9 };

static void make_table(struct mn_option table[ROWS], struct arguments *a)
{
	table[0] = (struct mn_option){
	        "data", 0, MN_OPTION_LIST, &a->data, "DATA", 0, 0, MN_OPTION_REQUIRED, "data set to evaluate on; may be given again"};
	table[1] = (struct mn_option){"per-example",
	                              0,
	                              MN_OPTION_TEXT,
	                              &a->per_example,
	                              "FILE",
	                              0,
	                              0,
	                              0,
	                              "write a row for every example of every data set and model"};
	mn_options_common(table + 2, &a->common, "o threads q describe");
}

/* Where rows go. */
struct tables {
	struct mn_csv summary, example;
};

static void write_headers(struct tables *t)
{
	static const char *const summary[] = {
	        "status",         "condition",          "data", "split", "size", "loss", "accuracy", "errors", "clean_accuracy",
	        "noisy_accuracy", "noisy_true_accuracy"};
	static const char *const example[] = {"index",       "label",      "true_label", "label_noise",
	                                      "input_noise", "prediction", "loss",       "correct"};
	mn_columns_header(&t->summary);
	for (size_t i = 0; i < sizeof summary / sizeof *summary; i++)
		mn_csv_text(&t->summary, summary[i]);
	for (int i = 0; i < MN_MILESTONES; i++)
		mn_csv_text(&t->summary, mn_milestone_key(i));
	mn_csv_end(&t->summary);
	for (size_t i = 0; t->example.file && i < sizeof example / sizeof *example; i++)
		mn_csv_text(&t->example, example[i]);
	if (t->example.file)
		mn_csv_end(&t->example);
}

static void write_summary(struct mn_csv *csv, const struct mn_model *model, const struct mn_dataset *data, const struct mn_evaluation *e)
{
	mn_columns_write(csv, &model->stream);
	mn_csv_text(csv, mn_stream_get(&model->stream, "status", ""));
	mn_csv_text(csv, mn_stream_get(&model->stream, "condition", ""));
	mn_csv_text(csv, mn_stream_get(&data->stream, "dataset", ""));
	mn_csv_text(csv, mn_stream_get(&data->stream, "split", ""));
	mn_csv_int(csv, e->rows);
	mn_csv_real(csv, e->loss);
	mn_csv_ratio(csv, e->rows - e->errors, e->rows);
	mn_csv_int(csv, e->errors);
	mn_csv_ratio(csv, e->clean_right, e->clean);
	mn_csv_ratio(csv, e->noisy_right, e->noisy);
	mn_csv_ratio(csv, e->noisy_true_right, e->noisy);
	for (int i = 0; i < MN_MILESTONES; i++)
		mn_csv_text(csv, mn_stream_get(&model->stream, mn_milestone_key(i), ""));
	mn_csv_end(csv);
}

struct example_sink {
	struct mn_csv *csv;
	const struct mn_dataset *data;
};

static void write_example(void *arg, const struct mn_example *example)
{
	const struct example_sink *sink = arg;
	const struct mn_dataset *d = sink->data;
	int64_t i = example->row;
	mn_csv_int(sink->csv, d->index[i]);
	mn_csv_int(sink->csv, d->labels[i]);
	mn_csv_int(sink->csv, d->true_labels ? d->true_labels[i] : d->labels[i]);
	mn_csv_int(sink->csv, d->label_noise ? d->label_noise[i] : 0);
	mn_csv_int(sink->csv, d->input_noise ? d->input_noise[i] : 0);
	if (example->prediction < 0)
		mn_csv_empty(sink->csv);
	else
		mn_csv_int(sink->csv, example->prediction);
	mn_csv_real(sink->csv, example->loss);
	mn_csv_int(sink->csv, example->prediction == d->labels[i]);
	mn_csv_end(sink->csv);
}

static int evaluate_model(struct mn_model *model, const struct mn_dataset *data, int count, struct mn_pool *pool, struct tables *t,
                          struct mn_error *err)
{
	struct mn_evaluator evaluator;
	for (int i = 0; i < count; i++)
		if (mn_model_fits(model, &data[i], err))
			return -1;
	if (mn_evaluator_new(&evaluator, &model->net, &model->input, pool, err))
		return -1;
	for (int i = 0; i < count; i++) {
		struct mn_evaluation result;
		struct example_sink sink = {&t->example, &data[i]};
		mn_evaluate(&evaluator, model->w, model->buffers, &data[i], t->example.file ? write_example : NULL, &sink, &result);
		write_summary(&t->summary, model, &data[i], &result);
	}
	mn_evaluator_free(&evaluator);
	return 0;
}

static int evaluate_all(char **models, int model_count, const struct mn_dataset *data, int data_count, struct mn_pool *pool,
                        struct tables *t, struct mn_error *err)
{
	for (int i = 0; i < model_count; i++) {
		struct mn_model model;
		if (mn_model_read(&model, models[i], err))
			return -1;
		if (i == 0) /* not before: nothing comes out where nothing could be evaluated */
			write_headers(t);
		int status = evaluate_model(&model, data, data_count, pool, t, err);
		mn_model_free(&model);
		if (status)
			return -1;
	}
	return 0;
}

static int read_all(struct mn_dataset *data, const struct mn_list *paths, struct mn_error *err)
{
	for (int i = 0; i < paths->count; i++)
		if (mn_dataset_read(&data[i], paths->item[i], err))
			return -1;
	return 0;
}

/* At most one of all inputs may be standard input, and one table go to standard output. */
static int check(const struct arguments *a, char **models, int model_count, struct mn_error *err)
{
	int standard = 0;
	for (int i = 0; i < a->data.count; i++)
		standard += strcmp(a->data.item[i], "-") == 0;
	for (int i = 0; i < model_count; i++)
		standard += strcmp(models[i], "-") == 0;
	if (standard > 1)
		return mn_misuse(err, "only one of the data sets and models can be standard input");
	bool output = a->common.output && strcmp(a->common.output, "-") != 0;
	if (!output && a->per_example && strcmp(a->per_example, "-") == 0)
		return mn_misuse(err, "--per-example: standard output is for the table of the models, give it a file with -o");
	return 0;
}

static int run(struct arguments *a, char **models, int model_count, struct mn_error *err)
{
	struct mn_output summary = {0}, example = {0};
	struct mn_pool *pool = NULL;
	struct mn_dataset *data = calloc((size_t)a->data.count, sizeof *data);
	int status = data ? 0 : mn_fail_memory(err, "--data", 0);
	if (status == 0)
		status = mn_output_open(&summary, a->common.output, false, err);
	if (status == 0 && a->per_example)
		status = mn_output_open(&example, a->per_example, false, err);
	if (status == 0 && !(pool = mn_pool_new((int)a->common.threads, err)))
		status = -1;
	if (status == 0)
		status = read_all(data, &a->data, err);
	struct tables tables = {{.file = summary.file}, {.file = example.file}};
	if (status == 0)
		status = evaluate_all(models, model_count, data, a->data.count, pool, &tables, err);
	if (status == 0 && a->per_example)
		status = mn_output_commit(&example, err);
	if (status == 0)
		status = mn_output_commit(&summary, err);
	mn_output_discard(&summary);
	mn_output_discard(&example);
	mn_pool_free(pool);
	for (int i = 0; data && i < a->data.count; i++)
		mn_dataset_free(&data[i]);
	free(data);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments a = {0};
	struct mn_option table[ROWS] = {0};
	mn_start_without_helpers(argv);
	make_table(table, &a);
	struct mn_program program = {name, "--data DATA [--data DATA ...] [OPTION ...] [MODEL ...]",
	                             "loss and accuracy of models on data sets, as CSV", table};
	struct mn_error err = {0};
	char *text, *standard_input[] = {"-"};
	int first = mn_options_parse(&program, argc, argv, &text, &err);
	if (first == -2)
		return mn_print_and_close(name, text);
	if (first >= 0 && a.common.describe)
		return mn_describe_and_close(name, a.common.describe);
	char **models = first < argc ? argv + first : standard_input;
	int model_count = first < argc ? argc - first : 1;
	int status = first < 0 || check(&a, models, model_count, &err) || mn_blas_start((int)a.common.threads, &err) ||
	             run(&a, models, model_count, &err);
	free(a.data.item);
	return mn_close_stdout(name, status ? mn_report(name, &err) : 0);
}
