/* --save-when: its grammar, and the models that it saves. */
#include <stdio.h>
#include <string.h>

#include "mn/options.h"
#include "mn/session.h"

int mn_save_parse(struct mn_save *save, const char *text, struct mn_error *err)
{
	static const struct {
		const char *prefix;
		enum mn_save_kind kind;
		double high;
	} forms[] = {
	        {"loss<", MN_SAVE_LOSS_BELOW, 1e300},
	        {"accuracy>=", MN_SAVE_ACCURACY_AT_LEAST, 1},
	        {"epoch=", MN_SAVE_EPOCH, 1e15},
	};
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;
	*save = (struct mn_save){0};
	for (size_t i = 0; colon && colon[1] && length < sizeof save->condition && i < sizeof forms / sizeof *forms; i++) {
		size_t prefix = strlen(forms[i].prefix);
		int64_t epoch;
		if (strncmp(text, forms[i].prefix, prefix) != 0)
			continue;
		memcpy(save->condition, text, length);
		save->kind = forms[i].kind;
		save->path = colon + 1;
		int wrong = mn_parse_real(save->condition + prefix, 0, forms[i].high, &save->value);
		if (!wrong && save->kind == MN_SAVE_EPOCH)
			wrong = mn_parse_int(save->condition + prefix, 1, (int64_t)forms[i].high, &epoch);
		if (!wrong && strcmp(save->path, "-") != 0)
			return 0;
	}
	return mn_misuse(err, "--save-when: '%s' is not loss<NUMBER:FILE, accuracy>=NUMBER:FILE or epoch=NUMBER:FILE", text);
}

static int write_save(struct mn_session *session, const struct mn_save *save, const char *status, const char *condition,
                      struct mn_error *err)
{
	if (mn_session_note(session, status, condition, err))
		return -1;
	return mn_model_save(&session->trainer->model, save->path, session->gzip, err);
}

static bool meets(const struct mn_save *save, int64_t epoch, const struct mn_evaluation *train)
{
	switch (save->kind) {
	case MN_SAVE_LOSS_BELOW:
		return train && train->loss < save->value;
	case MN_SAVE_ACCURACY_AT_LEAST:
		return train && mn_reaches(train->errors, train->rows, save->value);
	case MN_SAVE_EPOCH:
		return (double)epoch == save->value;
	}
	return false;
}

/* A copy for the checkpoint. */
static int keep(const struct mn_session *session, struct mn_save *save, struct mn_error *err)
{
	const struct mn_model *model = &session->trainer->model;
	save->w = calloc(model->net.size, sizeof *save->w);
	save->buffers = calloc(model->net.buffer_size + 1, sizeof *save->buffers);
	if (!save->w || !save->buffers)
		return mn_fail_memory(err, "--save-when", model->net.size * sizeof *save->w);
	memcpy(save->w, model->w, model->net.size * sizeof *save->w);
	memcpy(save->buffers, model->buffers, model->net.buffer_size * sizeof *save->buffers);
	memcpy(save->milestone, session->milestone, sizeof save->milestone);
	save->epoch = session->trainer->epoch;
	return 0;
}

/* Exchanges the session's model with the one kept. */
static void swap(struct mn_session *session, struct mn_save *save)
{
	struct mn_trainer *t = session->trainer;
	struct mn_save other = *save;
	save->w = t->model.w;
	save->buffers = t->model.buffers;
	save->epoch = t->epoch;
	memcpy(save->milestone, session->milestone, sizeof save->milestone);
	t->model.w = other.w;
	t->model.buffers = other.buffers;
	t->epoch = other.epoch;
	memcpy(session->milestone, other.milestone, sizeof other.milestone);
}

int mn_session_save_again(struct mn_session *session, struct mn_save *save, struct mn_error *err)
{
	bool converged = save->epoch == session->trainer->epoch && session->status && strcmp(session->status, "converged") == 0;
	swap(session, save);
	int status = write_save(session, save, converged ? "converged" : "finished", save->condition, err);
	swap(session, save);
	return status;
}

int mn_session_save_met(struct mn_session *session, const struct mn_evaluation *train, const char *status, struct mn_error *err)
{
	for (int i = 0; i < session->saves; i++) {
		struct mn_save *save = &session->save[i];
		if (save->met || !meets(save, session->trainer->epoch, train))
			continue;
		if (write_save(session, save, status, save->condition, err) || (session->checkpoint && keep(session, save, err)))
			return -1;
		save->met = true;
	}
	return 0;
}

int mn_session_save_unmet(struct mn_session *session, const char *status, struct mn_error *err)
{
	for (int i = 0; i < session->saves; i++)
		if (!session->save[i].met && write_save(session, &session->save[i], status, "unmet", err))
			return -1;
	return 0;
}
