#include "mn/session.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* What stands in the model's metadata about the run so far. */
static int note_state(struct mn_session *session, const char *status, const char *condition, struct mn_error *err)
{
	struct mn_stream *s = &session->trainer->model.stream;
	if (mn_stream_setf(s, err, "epoch", "%lld", (long long)session->trainer->epoch) || mn_stream_set(s, "status", status, err))
		return -1;
	return mn_stream_set(s, "condition", condition, err);
}

static int write_save(struct mn_session *session, const struct mn_save *save, const char *status, const char *condition,
                      struct mn_error *err)
{
	if (note_state(session, status, condition, err))
		return -1;
	return mn_model_save(&session->trainer->model, save->path, session->gzip, err);
}

static double accuracy(const struct mn_evaluation *evaluation)
{
	return (double)(evaluation->rows - evaluation->errors) / (double)evaluation->rows;
}

static bool meets(const struct mn_save *save, int64_t epoch, const struct mn_evaluation *train)
{
	switch (save->kind) {
	case MN_SAVE_LOSS_BELOW:
		return train->loss < save->value;
	case MN_SAVE_ACCURACY_AT_LEAST:
		return accuracy(train) >= save->value;
	default:
		return (double)epoch == save->value;
	}
}

static int save_met(struct mn_session *session, const struct mn_evaluation *train, const char *status, struct mn_error *err)
{
	for (int i = 0; i < session->saves; i++) {
		struct mn_save *save = &session->save[i];
		if (save->met || !meets(save, session->trainer->epoch, train))
			continue;
		if (write_save(session, save, status, save->condition, err))
			return -1;
		save->met = true;
	}
	return 0;
}

static int save_unmet(struct mn_session *session, const char *status, struct mn_error *err)
{
	for (int i = 0; i < session->saves; i++)
		if (!session->save[i].met && write_save(session, &session->save[i], status, "unmet", err))
			return -1;
	return 0;
}

/* Full-set evaluations cost a third of the training: only where somebody looks at them. */
static bool needs_evaluation(const struct mn_session *session)
{
	bool needed = session->log || session->until_accuracy > 0;
	for (int i = 0; i < session->saves; i++)
		needed = needed || (session->save[i].kind != MN_SAVE_EPOCH && !session->save[i].met);
	return needed;
}

static void show(struct mn_session *session, const char *note)
{
	const struct mn_trainer *t = session->trainer;
	if (session->progress)
		mn_progress_update(session->progress, (double)t->epoch * (double)t->data->rows + (double)t->next,
		                   (double)session->epochs * (double)t->data->rows, note);
}

/* Evaluates, logs and saves after an epoch. *status becomes "converged" where the run may stop. */
static int after_epoch(struct mn_session *session, const char **status, char *note, size_t size, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	struct mn_evaluation train = {0}, validation;
	if (needs_evaluation(session)) {
		mn_evaluate(&t->evaluator, t->model.w, t->model.buffers, t->data, NULL, NULL, &train);
		snprintf(note, size, "loss %.4g accuracy %.4g", train.loss, accuracy(&train));
		if (session->until_accuracy > 0 && accuracy(&train) >= session->until_accuracy)
			*status = "converged";
	}
	if (note_state(session, *status, "", err))
		return -1;
	if (session->log) {
		if (session->validation)
			mn_evaluate(&t->evaluator, t->model.w, t->model.buffers, session->validation, NULL, NULL, &validation);
		if (mn_log_row(session->log, &t->model.stream, &train, session->validation ? &validation : NULL, err))
			return -1;
	}
	return save_met(session, &train, *status, err);
}

/* Steps to the end of the epoch. */
static enum mn_train_state run_epoch(struct mn_session *session, const char *note)
{
	enum mn_train_state state;
	do {
		state = mn_train_step(session->trainer);
		show(session, note);
	} while (state == MN_TRAIN_GOES_ON);
	return state;
}

static int diverged(struct mn_session *session, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	if (!session->keep_diverged)
		return mn_fail(err, "the loss is not finite in epoch %lld, batch %lld", (long long)t->epoch + 1, (long long)t->bad_batch);
	t->epoch++; /* the epoch that it happened in, for the row and the model */
	if (note_state(session, "diverged", "", err))
		return -1;
	return session->log ? mn_log_row(session->log, &t->model.stream, NULL, NULL, err) : 0;
}

int mn_session_run(struct mn_session *session, struct mn_error *err)
{
	const char *status = "finished";
	char note[64] = "";
	while (session->trainer->epoch < session->epochs && strcmp(status, "finished") == 0) {
		if (run_epoch(session, note) == MN_TRAIN_DIVERGED) {
			status = "diverged";
			if (diverged(session, err))
				return -1;
		} else if (after_epoch(session, &status, note, sizeof note, err)) {
			return -1;
		}
	}
	if (save_unmet(session, status, err))
		return -1;
	return note_state(session, status, "", err);
}
