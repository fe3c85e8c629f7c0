#include "mn/checkpoint.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "mn/gemm.h"
#include "mn/numbers.h"
#include "mn/signals.h"
#include "state.h"

int mn_checkpoint_parse(struct mn_checkpoint *checkpoint, const char *every, struct mn_error *err)
{
	size_t length = strlen(every);
	char number[32] = "";
	bool seconds = length > 1 && length < sizeof number && every[length - 1] == 's';
	memcpy(number, every, seconds ? length - 1 : 0);
	if (seconds ? mn_parse_real(number, 0, 1e9, &checkpoint->every_seconds)
	            : mn_parse_int(every, 1, INT64_C(1000000000000000), &checkpoint->every_epochs))
		return mn_misuse(err, "--checkpoint-every: '%s' is neither a number of epochs nor one of seconds with an s", every);
	checkpoint->options = json_object();
	return checkpoint->options ? 0 : mn_fail_memory(err, "--checkpoint", 0);
}

void mn_checkpoint_free(struct mn_checkpoint *checkpoint)
{
	json_decref(checkpoint->options);
	checkpoint->options = NULL;
}

void mn_checkpoint_note_option(void *arg, const char *name, const char *value)
{
	struct mn_checkpoint *checkpoint = arg;
	if (strcmp(name, "epochs") == 0 || strcmp(name, "until-accuracy") == 0)
		return;
	if (json_object_set_new(checkpoint->options, name, json_string(value)) < 0) {
		json_decref(checkpoint->options); /* none at all is noticed later, one that is missing is not */
		checkpoint->options = NULL;
	}
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

json_t *state_crcs(const struct mn_dataset *data)
{
	json_t *crcs = data ? json_object() : json_null();
	for (int i = 0; data && i < data->stream.count; i++) {
		const struct mn_tensor *tensor = &data->stream.tensor[i];
		if (json_object_set_new(crcs, tensor->name, json_integer(mn_tensor_crc(tensor))) < 0) {
			json_decref(crcs);
			return NULL;
		}
	}
	return crcs;
}

json_t *state_origin(const struct mn_session *session)
{
	char blas[128];
	mn_blas_name(blas, sizeof blas);
	return json_pack("{s:s, s:s, s:O, s:s, s:o, s:o, s:b}", "version", MN_VERSION, "blas", blas, "options",
	                 session->checkpoint->options, "evaluate", session->evaluate_needed ? "needed" : "full", "data",
	                 state_crcs(session->trainer->data), "validation", state_crcs(session->validation), "log", session->log != NULL);
}

static json_t *milestones_json(const int64_t milestone[MN_MILESTONES])
{
	json_t *list = json_array();
	for (int i = 0; i < MN_MILESTONES; i++) {
		if (json_array_append_new(list, json_integer(milestone[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* Conditions, and for those that were met what their models say of themselves. */
static json_t *saves_json(const struct mn_session *session)
{
	json_t *list = json_array();
	for (int i = 0; i < session->saves; i++) {
		const struct mn_save *save = &session->save[i];
		json_t *entry = json_pack("{s:s, s:b, s:I, s:o}", "condition", save->condition, "met", save->met, "epoch",
		                          (json_int_t)save->epoch, "milestones", milestones_json(save->milestone));
		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *state_json(const struct mn_session *session)
{
	const struct mn_trainer *t = session->trainer;
	const struct mn_log *log = session->log;
	return json_pack("{s:o, s:I, s:I, s:I, s:s, s:f, s:o, s:f, s:f, s:I, s:I, s:o}", "origin", state_origin(session), "epoch",
	                 (json_int_t)t->epoch, "next", (json_int_t)t->next, "evaluated", (json_int_t)session->evaluated, "status",
	                 session->status ? session->status : "", "until_accuracy", session->until_accuracy, "milestones",
	                 milestones_json(session->milestone), "best_before", session->best_before, "best_last", session->best_last,
	                 "log_bytes", (json_int_t)(log ? log->bytes : 0), "log_crc32", (json_int_t)(log ? log->crc32 : 0), "saves",
	                 saves_json(session));
}

static int add_state(const struct mn_session *session, struct mn_stream *stream, struct mn_error *err)
{
	json_t *state = state_json(session);
	char *text = mn_json_text(state, true);
	json_decref(state);
	if (!text)
		return mn_fail_memory(err, session->checkpoint->path, 0);
	uint32_t crc = (uint32_t)crc32_z(0, (const unsigned char *)text, strlen(text));
	int status = mn_stream_set(stream, "checkpoint", text, err);
	if (status == 0)
		status = mn_stream_setf(stream, err, "checkpoint_crc32", "%lu", (unsigned long)crc);
	free(text);
	return status;
}

/* Calls visit for every vector that a checkpoint holds beside the model. The first that fails ends it. */
int state_each_vector(struct mn_session *session, state_vector_fn *visit, void *arg, struct mn_error *err)
{
	struct mn_trainer *t = session->trainer;
	const struct mn_network *net = &t->model.net;
	char prefix[32];
	if (t->velocity && visit(arg, "momentum.", net->parameter, net->parameters, t->velocity, err))
		return -1;
	for (int i = 0; i < session->saves; i++) {
		const struct mn_save *save = &session->save[i];
		snprintf(prefix, sizeof prefix, "saved.%d.", i);
		if (save->met && (visit(arg, prefix, net->parameter, net->parameters, save->w, err) ||
		                  visit(arg, prefix, net->buffer, net->buffers, save->buffers, err)))
			return -1;
	}
	return 0;
}

void state_tensor_name(char name[STATE_NAME_SIZE], const char *prefix, const struct mn_parameter *tensor)
{
	snprintf(name, STATE_NAME_SIZE, "%s%s", prefix, tensor->name);
}

static int add_vector(void *arg, const char *prefix, const struct mn_parameter *tensor, int tensors, mn_real *x, struct mn_error *err)
{
	struct mn_stream *stream = arg;
	char name[STATE_NAME_SIZE];
	for (int i = 0; i < tensors; i++) {
		const struct mn_parameter *p = &tensor[i];
		state_tensor_name(name, prefix, p);
		struct mn_tensor *added = mn_stream_add(stream, name, MN_F32, p->rank, p->shape, err);
		if (!added)
			return -1;
		for (size_t j = 0; j < p->count; j++)
			((float *)added->data)[j] = (float)x[p->offset + j];
	}
	return 0;
}

static int remove_vector(void *arg, const char *prefix, const struct mn_parameter *tensor, int tensors, mn_real *x, struct mn_error *err)
{
	(void)x;
	(void)err;
	char name[STATE_NAME_SIZE];
	for (int i = 0; i < tensors; i++) {
		state_tensor_name(name, prefix, &tensor[i]);
		mn_stream_remove(arg, name);
	}
	return 0;
}

int mn_checkpoint_save(struct mn_session *session, const char *status, struct mn_error *err)
{
	struct mn_model *model = &session->trainer->model;
	struct mn_stream *stream = &model->stream;
	if (session->log && mn_log_sync(session->log, err))
		return -1;
	int failed = mn_session_note(session, status, "", err) || add_state(session, stream, err) ||
	             state_each_vector(session, add_vector, stream, err) || mn_model_save(model, session->checkpoint->path, false, err);
	/* What only a checkpoint has is taken out again, for the models to come. */
	state_each_vector(session, remove_vector, stream, err);
	json_object_del(stream->metadata, "mn.checkpoint");
	json_object_del(stream->metadata, "mn.checkpoint_crc32");
	session->checkpoint->saved_at = now();
	return failed ? -1 : 0;
}

static int fail_interrupted(const struct mn_session *session, int signal, struct mn_error *err)
{
	const struct mn_trainer *t = session->trainer;
	mn_fail(err, "ended by SIG%s after epoch %lld and %lld examples more; %s holds the run", sigabbrev_np(signal), (long long)t->epoch,
	        (long long)t->next, session->checkpoint->path);
	err->status = 128 + signal;
	return -1;
}

static int taken_signal(void)
{
	return mn_signals_take(SIGTERM) ? SIGTERM : mn_signals_take(SIGINT) ? SIGINT : 0;
}

int mn_checkpoint_attend(struct mn_session *session, struct mn_error *err)
{
	const struct mn_checkpoint *c = session->checkpoint;
	if (!c)
		return 0;
	int signal = taken_signal();
	bool asked = mn_signals_take(SIGUSR1), due = c->every_epochs == 0 && now() - c->saved_at >= c->every_seconds;
	if ((signal || asked || due) && mn_checkpoint_save(session, "unfinished", err))
		return -1;
	return signal ? fail_interrupted(session, signal, err) : 0;
}

int mn_checkpoint_after_epoch(struct mn_session *session, struct mn_error *err)
{
	const struct mn_checkpoint *c = session->checkpoint;
	if (c && c->every_epochs && session->evaluated % c->every_epochs == 0 && mn_checkpoint_save(session, "unfinished", err))
		return -1;
	return mn_checkpoint_attend(session, err);
}

int mn_checkpoint_end(struct mn_session *session, const char *status, struct mn_error *err)
{
	if (!session->checkpoint)
		return 0;
	if (mn_checkpoint_save(session, status, err))
		return -1;
	int signal = taken_signal();
	return signal ? fail_interrupted(session, signal, err) : 0;
}
