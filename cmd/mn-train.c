/* mn-train - train a network on a data set; see mn-train(1). */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "mn/attainable.h"
#include "mn/checkpoint.h"
#include "mn/gemm.h"
#include "mn/history.h"
#include "mn/options.h"
#include "mn/output.h"
#include "mn/signals.h"

static const char name[] = "mn-train";

struct arguments {
	struct mn_common common;
	struct mn_hyperparameters hyper;
	int64_t epochs;
	double until_accuracy;
	bool keep_diverged;
	const char *evaluate;
	const char *dropout_layers;
	const char *validate, *log, *data;
	const char *checkpoint_path, *checkpoint_every;
	struct mn_checkpoint checkpoint;
	struct mn_list save_when;
	struct mn_save *saves; /* the same, parsed */
};

static void set_defaults(struct arguments *a)
{
	*a = (struct arguments){
	        .hyper = {.input = "", .init = "", .batch = 32, .lr = 0.01},
	        .epochs = 10,
	        .dropout_layers = "fc",
	        .evaluate = "full",
	        .checkpoint_every = "60s",
	};
}

enum { OWN_ROWS = 24, ROWS = OWN_ROWS + 9 };

static void make_table(struct mn_option table[ROWS], struct arguments *a)
{
	struct mn_hyperparameters *h = &a->hyper;
	const struct mn_option own[OWN_ROWS] = {
	        {"net", 0, MN_OPTION_TEXT, &h->net, "NET", 0, 0, MN_OPTION_REQUIRED,
	         "mlp:512,512, alexnet, or a list of layers as in fc512/relu/fc10"},
	        {"input", 0, MN_OPTION_TEXT, &h->input, "LIST", 0, 0, 0,
	         "input transform: unit, standard, whiten, crop28 (the net's own: unit)"},
	        {"init", 0, MN_OPTION_TEXT, &h->init, "KIND", 0, 0, 0, "initial weights: glorot or truncated (the net's own: glorot)"},
	        {"epochs", 0, MN_OPTION_INT, &a->epochs, "N", 0, 1e15, 0, "how often to go through the data"},
	        {"batch", 0, MN_OPTION_INT, &h->batch, "N", 1, 1 << 20, 0, "examples a step"},
	        {"lr", 0, MN_OPTION_REAL, &h->lr, "RATE", 0, 1e6, 0, "learning rate"},
	        {"lr-halve-every", 0, MN_OPTION_INT, &h->lr_halve_every, "EPOCHS", 0, 1e15, 0,
	         "halve the learning rate every so many epochs (0: never)"},
	        {"momentum", 0, MN_OPTION_REAL, &h->momentum, "M", 0, 0.999999, 0, "momentum"},
	        {"weight-decay", 0, MN_OPTION_REAL, &h->weight_decay, "L", 0, 1e6, 0, "coefficient of w in the gradient"},
	        {"decay-biases", 0, MN_OPTION_FLAG, &h->decay_biases, NULL, 0, 0, 0, "let biases and scales decay too"},
	        {"dropout", 0, MN_OPTION_REAL, &h->dropout, "P", 0, 0.999999, 0, "drop hidden units with this probability"},
	        {"dropout-layers", 0, MN_OPTION_CHOICE, &a->dropout_layers, "fc|all", 0, 0, 0,
	         "after which hidden layers: fully connected ones, or all"},
	        {"input-dropout", 0, MN_OPTION_REAL, &h->input_dropout, "P", 0, 0.999999, 0, "drop inputs with this probability"},
	        {"gaussian-noise", 0, MN_OPTION_REAL, &h->gaussian_noise, "SD", 0, 1e6, 0, "add noise to the transformed inputs"},
	        {"until-accuracy", 0, MN_OPTION_REAL, &a->until_accuracy, "A", 0, 1, 0,
	         "stop at the first epoch that reaches this training accuracy (0: never)"},
	        {"keep-diverged", 0, MN_OPTION_FLAG, &a->keep_diverged, NULL, 0, 0, 0,
	         "where the loss is no longer finite, write the model, marked so, and exit 0"},
	        {"validate", 0, MN_OPTION_TEXT, &a->validate, "DATA", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "data set for the log's validation columns"},
	        {"evaluate", 0, MN_OPTION_CHOICE, &a->evaluate, "full|needed", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "needed: leave the log's accuracies empty where they reach nothing new"},
	        {"log", 0, MN_OPTION_TEXT, &a->log, "CSV", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT, "write one row an epoch"},
	        {"save-when", 0, MN_OPTION_LIST, &a->save_when, "CONDITION:FILE", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "save the first model with loss<X, accuracy>=X or epoch=N"},
	        {"checkpoint", 0, MN_OPTION_TEXT, &a->checkpoint_path, "FILE", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "save the run here as it goes; where FILE exists, go on from it"},
	        {"checkpoint-every", 0, MN_OPTION_TEXT, &a->checkpoint_every, "N|Ns", 0, 0, MN_OPTION_CANNOT_CHANGE_RESULT,
	         "how often: epochs, or seconds"},
	};
	int rows = 0;
	while (own[rows].name) {
		table[rows] = own[rows];
		rows++;
	}
	mn_options_common(table + rows, &a->common, "o seed threads q progress z no-history describe");
}

static int run(struct arguments *a, struct mn_session *session, struct mn_error *err)
{
	struct mn_log log = {0};
	struct mn_progress progress;
	session->log = a->log ? &log : NULL;
	session->progress = &progress;
	int status = session->checkpoint ? mn_checkpoint_open(session, a->log, err) : a->log ? mn_log_open(&log, a->log, err) : 0;
	if (status == 0) {
		mn_progress_start(&progress, a->common.progress, a->common.quiet, name, "examples");
		status = mn_session_run(session, err);
		mn_progress_end(&progress);
	}
	struct mn_error late = {0}; /* the first error is the one to report */
	if (mn_log_close(&log, status ? &late : err))
		status = -1;
	return status;
}

static int note_history(const struct arguments *a, const struct mn_program *program, struct mn_trainer *trainer, struct mn_error *err)
{
	struct mn_stream *stream = &trainer->model.stream;
	if (a->common.no_history) {
		mn_history_remove(stream);
		return 0;
	}
	char blas[128], *command = mn_options_canonical(program);
	if (!command)
		return mn_fail_memory(err, "history", 0);
	mn_blas_name(blas, sizeof blas);
	/* The validation set leaves no trace: it cannot change the model. */
	const struct mn_stream *inputs[] = {&trainer->data->stream};
	int status = mn_history_append(stream, name, command, a->common.seed, inputs, 1, blas, err);
	free(command);
	return status;
}

/* Tells whoever waits for an accuracy that cannot be. */
static int note_attainable(const struct arguments *a, const struct mn_dataset *data, struct mn_model *model, struct mn_error *err)
{
	int64_t errors;
	if (mn_least_errors(data, &errors, err))
		return -1;
	double attainable = (double)(data->rows - errors) / (double)data->rows;
	struct mn_error note = {0};
	mn_fail(&note, "%s: the attainable accuracy is %.9g: %lld rows repeat an image under another label", data->stream.name, attainable,
	        (long long)errors);
	if (errors && !a->common.quiet)
		mn_report(name, &note);
	return mn_stream_setf(&model->stream, err, "attainable_accuracy", "%.9g", attainable);
}

/* Everything after the data were read. */
static int train(struct arguments *a, const struct mn_program *program, const struct mn_dataset *data, const struct mn_dataset *validation,
                 struct mn_pool *pool, struct mn_error *err)
{
	struct mn_trainer trainer;
	if (mn_trainer_new(&trainer, &a->hyper, data, pool, err))
		return -1;
	struct mn_session session = {
	        .trainer = &trainer,
	        .validation = validation,
	        .epochs = a->epochs,
	        .until_accuracy = a->until_accuracy,
	        .keep_diverged = a->keep_diverged,
	        .evaluate_needed = strcmp(a->evaluate, "needed") == 0,
	        .gzip = a->common.gzip,
	        .save = a->saves,
	        .saves = a->save_when.count,
	        .checkpoint = a->checkpoint_path ? &a->checkpoint : NULL,
	};
	int status = validation ? mn_model_fits(&trainer.model, validation, err) : 0;
	if (status == 0)
		status = mn_session_describe(&session, err);
	if (status == 0)
		status = note_attainable(a, data, &trainer.model, err);
	if (status == 0)
		status = note_history(a, program, &trainer, err);
	if (status == 0)
		status = run(a, &session, err);
	if (status == 0)
		status = mn_model_save(&trainer.model, a->common.output, a->common.gzip, err);
	mn_session_free(&session);
	mn_trainer_free(&trainer);
	return status;
}

/* Files that are written as the run goes on must not be others of the command. */
static int check_paths(const struct arguments *a, struct mn_error *err)
{
	const char *const own[] = {a->checkpoint_path, a->log};
	const char *const other[] = {a->data, a->validate, a->common.output, a->log};
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 4 - i && own[i]; j++)
			if (other[j] && mn_same_file(own[i], other[j]))
				return mn_misuse(err, "%s: one file cannot be two things at once", own[i]);
	for (int i = 0; i < a->save_when.count; i++)
		if ((a->checkpoint_path && mn_same_file(a->saves[i].path, a->checkpoint_path)) ||
		    (a->log && mn_same_file(a->saves[i].path, a->log)))
			return mn_misuse(err, "%s: one file cannot be two things at once", a->saves[i].path);
	return a->checkpoint_path ? mn_output_check(a->checkpoint_path, true, err) : 0;
}

static int check_checkpoint(struct arguments *a, struct mn_error *err)
{
	if (!a->checkpoint_path)
		return strcmp(a->checkpoint_every, "60s") ? mn_misuse(err, "--checkpoint-every needs --checkpoint FILE") : 0;
	if (strcmp(a->checkpoint_path, "-") == 0)
		return mn_misuse(err, "--checkpoint: standard output is for the model, give the checkpoint a file");
	a->checkpoint.path = a->checkpoint_path;
	mn_signals_catch(SIGUSR1);
	return mn_checkpoint_parse(&a->checkpoint, a->checkpoint_every, err);
}

/* What the table cannot check; all that can be refused is refused before any work. */
static int check(struct arguments *a, struct mn_error *err)
{
	if (a->validate && !a->log)
		return mn_misuse(err, "--validate is for the log's columns: give --log CSV too");
	if (a->validate && strcmp(a->validate, "-") == 0 && strcmp(a->data, "-") == 0)
		return mn_misuse(err, "--validate and the data cannot both be standard input");
	if (a->log && strcmp(a->log, "-") == 0)
		return mn_misuse(err, "--log: standard output is for the model, give the log a file");
	a->saves = calloc((size_t)a->save_when.count + 1, sizeof *a->saves);
	if (!a->saves)
		return mn_fail_memory(err, "--save-when", 0);
	for (int i = 0; i < a->save_when.count; i++)
		if (mn_save_parse(&a->saves[i], a->save_when.item[i], err))
			return -1;
	for (int i = 0; i < a->save_when.count; i++)
		if (mn_output_check(a->saves[i].path, true, err))
			return -1;
	if (check_checkpoint(a, err) || check_paths(a, err))
		return -1;
	if (!*a->hyper.input)
		a->hyper.input = mn_net_default_input(a->hyper.net);
	if (!*a->hyper.init)
		a->hyper.init = mn_net_default_init(a->hyper.net);
	a->hyper.seed = a->common.seed;
	a->hyper.dropout_on_conv = strcmp(a->dropout_layers, "all") == 0;
	return mn_output_check(a->common.output, true, err);
}

static int read_and_train(struct arguments *a, const struct mn_program *program, struct mn_error *err)
{
	struct mn_dataset data = {0}, validation = {0};
	struct mn_pool *pool = NULL;
	mn_options_each(program, mn_checkpoint_note_option, &a->checkpoint);
	int status = mn_blas_start((int)a->common.threads, err);
	if (status == 0)
		status = mn_dataset_read(&data, a->data, err);
	if (status == 0 && a->validate)
		status = mn_dataset_read(&validation, a->validate, err);
	if (status == 0 && !(pool = mn_pool_new((int)a->common.threads, err)))
		status = -1;
	if (status == 0)
		status = train(a, program, &data, a->validate ? &validation : NULL, pool, err);
	mn_pool_free(pool);
	mn_dataset_free(&data);
	mn_dataset_free(&validation);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments a;
	struct mn_option table[ROWS] = {0};
	mn_start_without_helpers(argv);
	set_defaults(&a);
	make_table(table, &a);
	struct mn_program program = {name, "--net NET [OPTION ...] [DATA]", "train a network on a data set and write the model", table};
	struct mn_error err = {0};
	char *text;
	int first = mn_options_parse(&program, argc, argv, &text, &err);
	if (first == -2)
		return mn_print_and_close(name, text);
	if (first >= 0 && a.common.describe)
		return mn_describe_and_close(name, a.common.describe);
	int status = first < 0 || mn_one_operand(argc, argv, first, &a.data, &err) || check(&a, &err) || read_and_train(&a, &program, &err);
	mn_checkpoint_free(&a.checkpoint);
	free(a.saves);
	free(a.save_when.item);
	return mn_close_stdout(name, status ? mn_report(name, &err) : 0);
}
