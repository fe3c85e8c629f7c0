#include "mn/session.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mn/checkpoint.h"
#include "mn/signals.h"

int mn_session_describe(const struct mn_session *session, struct mn_error *err)
{
	const struct mn_hyperparameters *h = &session->trainer->hyper;
	const struct {
		const char *key;
		double value;
	} reals[] = {
	        {"lr", h->lr},           {"momentum", h->momentum},           {"weight_decay", h->weight_decay},
	        {"dropout", h->dropout}, {"input_dropout", h->input_dropout}, {"gaussian_noise", h->gaussian_noise},
	};
	struct mn_stream *s = &session->trainer->model.stream;
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
		if (mn_stream_setf(s, err, reals[i].key, "%.9g", reals[i].value))
			return -1;
	if (mn_stream_setf(s, err, "batch", "%lld", (long long)h->batch) ||
	    mn_stream_setf(s, err, "lr_halve_every", "%lld", (long long)h->lr_halve_every) ||
	    mn_stream_setf(s, err, "seed", "%lld", (long long)h->seed) ||
	    mn_stream_set(s, "decay_biases", h->decay_biases ? "yes" : "no", err) ||
	    mn_stream_set(s, "dropout_layers", h->dropout_on_conv ? "all" : "fc", err))
		return -1;
	return 0;
}

static const struct {
	double accuracy;
	const char *key;
} milestones[MN_MILESTONES] = {{0.99, "epoch_99"}, {0.999, "epoch_999"}, {1, "epoch_100"}};

double mn_milestone_accuracy(int i)
{
	return milestones[i].accuracy;
}

const char *mn_milestone_key(int i)
{
	return milestones[i].key;
}

int mn_session_note(struct mn_session *session, const char *status, const char *condition, struct mn_error *err)
{
	struct mn_stream *s = &session->trainer->model.stream;
	for (int i = 0; i < MN_MILESTONES; i++) {
		bool reached = session->milestone[i] > 0;
		if (reached ? mn_stream_setf(s, err, milestones[i].key, "%lld", (long long)session->milestone[i])
		            : mn_stream_set(s, milestones[i].key, "", err))
			return -1;
	}
	if (mn_stream_setf(s, err, "epoch", "%lld", (long long)session->trainer->epoch) || mn_stream_set(s, "status", status, err))
		return -1;
	return mn_stream_set(s, "condition", condition, err);
}

/* The lowest accuracy that somebody waits for: a milestone, --until-accuracy, --save-when. 2: nobody does. */
static double awaited_accuracy(const struct mn_session *session)
{
	double lowest = session->until_accuracy > 0 ? session->until_accuracy : 2;
	for (int i = 0; i < MN_MILESTONES; i++)
		if (session->milestone[i] == 0)
			lowest = fmin(lowest, milestones[i].accuracy);
	for (int i = 0; i < session->saves; i++)
		if (session->save[i].kind == MN_SAVE_ACCURACY_AT_LEAST && !session->save[i].met)
			lowest = fmin(lowest, session->save[i].value);
	return lowest;
}

/* Whether the numbers of this epoch are wanted whatever they are. */
static bool wants_all(const struct mn_session *session)
{
	bool all = session->log && !session->evaluate_needed;
	for (int i = 0; i < session->saves; i++)
		all = all || (session->save[i].kind == MN_SAVE_LOSS_BELOW && !session->save[i].met);
	return all;
}

/* Evaluates the training set as far as needed: a full pass costs a third of an epoch's training. 1: *train is whole; 0: it is not, and the
 * epoch reaches nothing that was not reached before; -1: interrupted. */
static int evaluate_training_set(struct mn_session *session, struct mn_evaluation *train)
{
	struct mn_trainer *t = session->trainer;
	double awaited = awaited_accuracy(session);
	if (wants_all(session))
		return mn_evaluate(&t->evaluator, t->model.w, t->model.buffers, t->data, NULL, NULL, train) ? -1 : 1;
	*train = (struct mn_evaluation){.rows = t->data->rows};
	if (awaited > 1)
		return 0;
	return mn_evaluate_needed(&t->evaluator, t->model.w, t->model.buffers, t->data, awaited, session->wrong, train);
}

static double accuracy(const struct mn_evaluation *evaluation)
{
	return (double)(evaluation->rows - evaluation->errors) / (double)evaluation->rows;
}

static const char *status_of(const struct mn_session *session)
{
	return session->status ? session->status : "finished";
}

static void show(struct mn_session *session, const char *note)
{
	const struct mn_trainer *t = session->trainer;
	if (session->progress)
		mn_progress_update(session->progress, (double)t->epoch * (double)t->data->rows + (double)t->next,
		                   (double)session->epochs * (double)t->data->rows, note);
}

/* What an epoch's accuracy decides. train: whole, or with a lower bound of the errors. */
static void pass(struct mn_session *session, const struct mn_evaluation *train, bool whole)
{
	session->best_before = fmax(session->best_before, session->best_last);
	session->best_last = accuracy(train);
	for (int i = 0; whole && i < MN_MILESTONES; i++)
		if (session->milestone[i] == 0 && mn_reaches(train->errors, train->rows, milestones[i].accuracy))
			session->milestone[i] = session->trainer->epoch;
	if (whole && session->until_accuracy > 0 && mn_reaches(train->errors, train->rows, session->until_accuracy))
		session->status = "converged";
}

/* Evaluates, logs and saves after an epoch. Nothing is changed before the evaluations are done, so that they can be interrupted. */
static int after_epoch(struct mn_session *session, char *note, size_t size, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	struct mn_evaluation train, validation;
	int whole = evaluate_training_set(session, &train);
	bool validates = session->log && session->validation;
	if (whole < 0 ||
	    (validates && mn_evaluate(&t->evaluator, t->model.w, t->model.buffers, session->validation, NULL, NULL, &validation)))
		return -1;
	pass(session, &train, whole);
	if (whole)
		snprintf(note, size, "loss %.4g accuracy %.4g", train.loss, accuracy(&train));
	if (mn_session_note(session, status_of(session), "", err) ||
	    (session->log && mn_log_row(session->log, &t->model.stream, whole ? &train : NULL, validates ? &validation : NULL, err)) ||
	    mn_session_save_met(session, whole ? &train : NULL, status_of(session), err))
		return -1;
	session->evaluated = t->epoch;
	return mn_checkpoint_after_epoch(session, err);
}

static int diverged(struct mn_session *session, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	static const struct mn_evaluation not_finite = {.loss = NAN};
	if (!session->keep_diverged)
		return mn_fail(err, "the loss is not finite in epoch %lld, batch %lld", (long long)t->epoch + 1, (long long)t->bad_batch);
	session->evaluated = ++t->epoch; /* the epoch that it happened in, for the row and the model */
	t->next = 0;
	session->status = "diverged";
	if (mn_session_note(session, status_of(session), "", err))
		return -1;
	return session->log ? mn_log_row(session->log, &t->model.stream, &not_finite, NULL, err) : 0;
}

/* Steps to the end of the epoch. */
static int run_epoch(struct mn_session *session, const char *note, struct mn_error *err)
{
	for (;;) {
		enum mn_train_state state = mn_train_step(session->trainer);
		show(session, note);
		if (state == MN_TRAIN_DIVERGED)
			return diverged(session, err);
		if (mn_checkpoint_attend(session, err))
			return -1;
		if (state == MN_TRAIN_EPOCH_DONE)
			return 0;
	}
}

static int run(struct mn_session *session, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	char note[64] = "";
	while (!session->status && (t->epoch > session->evaluated || t->epoch < session->epochs)) {
		/* The run may go on from between an epoch and its evaluation. */
		if (t->epoch == session->evaluated && run_epoch(session, note, err))
			return -1;
		if (t->epoch > session->evaluated && after_epoch(session, note, sizeof note, err))
			return -1;
	}
	const char *status = status_of(session);
	if (mn_checkpoint_end(session, status, err) || mn_session_save_unmet(session, status, err))
		return -1;
	return mn_session_note(session, status, "", err);
}

struct asked {
	struct mn_session *session;
	struct mn_error *err;
};

static bool interrupted(void *arg)
{
	struct asked *asked = arg;
	return mn_checkpoint_attend(asked->session, asked->err) != 0;
}

int mn_session_run(struct mn_session *session, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	struct asked asked = {session, err};
	session->wrong = calloc((size_t)t->data->rows, 1);
	if (!session->wrong)
		return mn_fail_memory(err, "evaluation", (unsigned long long)t->data->rows);
	t->evaluator.interrupted = interrupted;
	t->evaluator.interrupted_arg = &asked;
	if (session->checkpoint) {
		mn_signals_catch(SIGTERM);
		mn_signals_catch(SIGINT);
	}
	int status = run(session, err);
	mn_signals_release(SIGTERM);
	mn_signals_release(SIGINT);
	t->evaluator.interrupted = NULL;
	return status;
}

void mn_session_free(struct mn_session *session)
{
	free(session->wrong);
	for (int i = 0; i < session->saves; i++) {
		free(session->save[i].w);
		free(session->save[i].buffers);
	}
}
