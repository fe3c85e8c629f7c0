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

int mn_session_save_met(struct mn_session *session, const struct mn_evaluation *train, const char *status, struct mn_error *err)
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

int mn_session_save_unmet(struct mn_session *session, const char *status, struct mn_error *err)
{
	for (int i = 0; i < session->saves; i++)
		if (!session->save[i].met && write_save(session, &session->save[i], status, "unmet", err))
			return -1;
	return 0;
}
