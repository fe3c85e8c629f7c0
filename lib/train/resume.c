/* Going on from a checkpoint: reading it, and refusing what is not of the same run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "mn/checkpoint.h"
#include "state.h"

/* What is being read: for messages, and where the numbers come from. */
struct reading {
	struct mn_session *session;
	struct mn_model model;
	json_t *state;
	const char *path;
};

static int fail_damaged(const struct reading *r, const char *what, struct mn_error *err)
{
	return mn_fail(err, "%s: the checkpoint is damaged: %s", r->path, what);
}

/* jansson makes a table of an object's keys to unpack it. */
static int fail_unpacked(const struct reading *r, const json_error_t *trouble, const char *what, struct mn_error *err)
{
	return json_error_code(trouble) == json_error_out_of_memory ? mn_fail_memory(err, r->path, 0) : fail_damaged(r, what, err);
}

static int parse_state(struct reading *r, struct mn_error *err)
{
	const char *text = mn_stream_get(&r->model.stream, "checkpoint", NULL);
	int64_t crc;
	if (!text)
		return mn_fail(err, "%s: this is a model, not a checkpoint", r->path);
	if (mn_stream_get_int(&r->model.stream, "checkpoint_crc32", -1, &crc, err))
		return -1;
	if (crc != (int64_t)crc32_z(0, (const unsigned char *)text, strlen(text)))
		return fail_damaged(r, "the CRC-32 of mn.checkpoint is not mn.checkpoint_crc32", err);
	r->state = mn_stream_get_json(&r->model.stream, "checkpoint", NULL, err);
	if (!r->state)
		return -1;
	return json_is_object(r->state) ? 0 : fail_damaged(r, "mn.checkpoint is not a JSON object", err);
}

/* "--lr 0.1" or "no --decay-biases". */
static const char *option_text(char room[256], const char *name, const json_t *value)
{
	const char *text = json_string_value(value);
	if (text)
		snprintf(room, 256, "--%s %s", name, text);
	else
		snprintf(room, 256, "no --%s", name);
	return room;
}

static int compare_options(const struct reading *r, json_t *then, json_t *now, struct mn_error *err)
{
	char a[256], b[256];
	const char *name;
	json_t *value;
	json_t *all = json_object(); /* the names of both */
	int status = 0;
	if (json_object_update(all, then) || json_object_update_missing(all, now))
		status = mn_fail_memory(err, r->path, json_object_size(then));
	json_object_foreach (all, name, value) {
		json_t *was = json_object_get(then, name), *is = json_object_get(now, name);
		if (status == 0 && !(was && is && json_equal(was, is)))
			status = mn_fail(err, "%s: the checkpoint was made with %s, this run has %s", r->path, option_text(a, name, was),
			                 option_text(b, name, is));
	}
	json_decref(all);
	return status;
}

/* CRCs of a data set's tensors, or null. */
static int compare_data(const struct reading *r, const char *what, const char *path, const json_t *then, json_t *now, struct mn_error *err)
{
	const char *name;
	json_t *crc;
	if (json_is_null(then) != json_is_null(now))
		return mn_fail(err, "%s: the checkpoint was made %s %s", r->path, json_is_null(now) ? "with" : "without", what);
	json_object_foreach (now, name, crc) {
		const json_t *was = json_object_get(then, name);
		if (!was || !json_equal(was, crc))
			return mn_fail(err, "%s: the checkpoint was made with other %s: tensor '%s' of %s differs", r->path, what, name,
			               path);
	}
	if (json_object_size(then) != json_object_size(now))
		return mn_fail(err, "%s: the checkpoint was made with other %s: %s lacks one of its tensors", r->path, what, path);
	return 0;
}

static int compare_text(const struct reading *r, const char *what, const json_t *then, const json_t *now, const char *help,
                        struct mn_error *err)
{
	const char *was = json_string_value(then), *is = json_string_value(now);
	if (was && is && strcmp(was, is) == 0)
		return 0;
	return mn_fail(err, "%s: the checkpoint was made with %s%s, this is %s%s", r->path, what, was ? was : "", is ? is : "", help);
}

static int compare_origin(const struct reading *r, json_t *now, struct mn_error *err)
{
	const struct mn_session *session = r->session;
	const json_t *then = json_object_get(r->state, "origin");
	const char *const key[] = {"version", "blas", "options", "evaluate", "data", "validation", "log"};
	json_t *a[7], *b[7];
	for (int i = 0; i < 7; i++) {
		a[i] = json_object_get(then, key[i]);
		b[i] = json_object_get(now, key[i]);
		if (!a[i] || !b[i])
			return fail_damaged(r, key[i], err);
	}
	if (compare_text(r, "mn-train ", a[0], b[0], "", err) ||
	    compare_text(r, "", a[1], b[1], "; OPENBLAS_CORETYPE chooses the last word", err) || compare_options(r, a[2], b[2], err) ||
	    compare_text(r, "--evaluate ", a[3], b[3], "", err) ||
	    compare_data(r, "data", session->trainer->data->stream.name, a[4], b[4], err) ||
	    compare_data(r, "validation data", session->validation ? session->validation->stream.name : "", a[5], b[5], err))
		return -1;
	if (json_is_true(a[6]) != json_is_true(b[6]))
		return mn_fail(err, "%s: the checkpoint was made %s --log", r->path, json_is_true(a[6]) ? "with" : "without");
	return 0;
}

static int read_milestones(const json_t *list, int64_t milestone[MN_MILESTONES])
{
	for (int i = 0; i < MN_MILESTONES; i++) {
		const json_t *epoch = json_array_get(list, (size_t)i);
		if (!json_is_integer(epoch))
			return -1;
		milestone[i] = json_integer_value(epoch);
	}
	return 0;
}

/* What stands of the conditions of --save-when. Their models are copied later. */
static int read_saves(struct reading *r, struct mn_error *err)
{
	struct mn_session *session = r->session;
	const json_t *list = json_object_get(r->state, "saves");
	for (int i = 0; i < session->saves || i < (int)json_array_size(list); i++) {
		json_t *entry = json_array_get(list, (size_t)i), *milestones;
		struct mn_save *save = i < session->saves ? &session->save[i] : NULL;
		const char *condition;
		json_int_t epoch;
		int met;
		json_error_t trouble;
		if (entry && json_unpack_ex(entry, &trouble, 0, "{s:s, s:b, s:I, s:o}", "condition", &condition, "met", &met, "epoch",
		                            &epoch, "milestones", &milestones))
			return fail_unpacked(r, &trouble, "saves", err);
		if (!entry || !save || strcmp(save->condition, condition) != 0)
			return mn_fail(err, "%s: the checkpoint was made with %s%s, this run has %s%s", r->path,
			               entry ? "--save-when " : "no further --save-when", entry ? condition : "",
			               save ? "--save-when " : "no further --save-when", save ? save->condition : "");
		const struct mn_network *net = &session->trainer->model.net;
		save->epoch = epoch;
		if (read_milestones(milestones, save->milestone))
			return fail_damaged(r, "milestones", err);
		if (!met)
			continue;
		save->met = true;
		save->w = calloc(net->size, sizeof *save->w);
		save->buffers = calloc(net->buffer_size + 1, sizeof *save->buffers);
		if (!save->w || !save->buffers)
			return mn_fail_memory(err, r->path, net->size * sizeof *save->w);
	}
	return 0;
}

static int copy_vector(void *arg, const char *prefix, const struct mn_parameter *tensor, int tensors, mn_real *x, struct mn_error *err)
{
	const struct reading *r = arg;
	char name[STATE_NAME_SIZE];
	for (int i = 0; i < tensors; i++) {
		const struct mn_parameter *p = &tensor[i];
		state_tensor_name(name, prefix, p);
		const struct mn_tensor *t = mn_stream_find(&r->model.stream, name);
		if (!t || t->dtype != MN_F32 || t->bytes != p->count * sizeof(float))
			return mn_fail(err, "%s: the checkpoint is damaged: tensor '%s' is missing or of another size", r->path, name);
		for (size_t j = 0; j < p->count; j++)
			x[p->offset + j] = ((const float *)t->data)[j];
	}
	return 0;
}

static int read_vectors(struct reading *r, struct mn_error *err)
{
	struct mn_model *to = &r->session->trainer->model;
	const struct mn_model *from = &r->model;
	if (from->net.size != to->net.size || from->net.buffer_size != to->net.buffer_size)
		return fail_damaged(r, "it holds another network", err);
	memcpy(to->w, from->w, to->net.size * sizeof *to->w);
	memcpy(to->buffers, from->buffers, to->net.buffer_size * sizeof *to->buffers);
	return state_each_vector(r->session, copy_vector, r, err);
}

/* The accuracy to stop at may be another now, but not one that a former epoch reached: the run would have ended there. */
static int decide_status(struct reading *r, const char *status, double until_then, struct mn_error *err)
{
	struct mn_session *session = r->session;
	struct mn_trainer *t = session->trainer;
	struct mn_evaluation e;
	double until = session->until_accuracy;
	if (strcmp(status, "diverged") == 0)
		session->status = "diverged";
	else if (until == until_then)
		session->status = *status ? "converged" : NULL;
	else if (until > 0 && (session->best_before >= until || (session->best_last >= until && t->next > 0)))
		return mn_fail(err, "%s: --until-accuracy %.9g: an epoch before the checkpoint's may have reached it", r->path, until);
	else if (until > 0 && session->best_last >= until && t->epoch == session->evaluated) {
		mn_evaluate(&t->evaluator, t->model.w, t->model.buffers, t->data, NULL, NULL, &e);
		session->status = mn_reaches(e.errors, e.rows, until) ? "converged" : NULL;
	}
	return 0;
}

static int read_state(struct reading *r, int64_t *log_bytes, uint32_t *log_crc32, struct mn_error *err)
{
	struct mn_session *session = r->session;
	struct mn_trainer *t = session->trainer;
	json_int_t epoch, next, evaluated, bytes, crc;
	const char *status;
	double until;
	json_t *milestones;
	json_error_t trouble;
	if (json_unpack_ex(r->state, &trouble, 0, "{s:I, s:I, s:I, s:s, s:F, s:o, s:F, s:F, s:I, s:I}", "epoch", &epoch, "next", &next,
	                   "evaluated", &evaluated, "status", &status, "until_accuracy", &until, "milestones", &milestones, "best_before",
	                   &session->best_before, "best_last", &session->best_last, "log_bytes", &bytes, "log_crc32", &crc))
		return fail_unpacked(r, &trouble, "mn.checkpoint lacks a number", err);
	if (read_milestones(milestones, session->milestone))
		return fail_damaged(r, "milestones", err);
	if (epoch < 0 || next < 0 || next >= t->data->rows || next % t->hyper.batch != 0 || evaluated < epoch - 1 || evaluated > epoch ||
	    bytes < 0 || crc < 0 || crc > UINT32_MAX)
		return fail_damaged(r, "a number of mn.checkpoint is out of range", err);
	if (epoch + (next > 0) > session->epochs)
		return mn_fail(err, "%s: --epochs %lld: the checkpoint is in epoch %lld already", r->path, (long long)session->epochs,
		               (long long)(epoch + (next > 0)));
	t->epoch = epoch;
	t->next = next;
	session->evaluated = evaluated;
	*log_bytes = bytes;
	*log_crc32 = (uint32_t)crc;
	return read_saves(r, err) || read_vectors(r, err) ? -1 : decide_status(r, status, until, err);
}

static int go_on(struct reading *r, const char *log_path, struct mn_error *err)
{
	struct mn_session *session = r->session;
	int64_t log_bytes = 0;
	uint32_t log_crc32 = 0;
	json_t *now = state_origin(session);
	int status = now ? 0 : mn_fail_memory(err, r->path, 0);
	if (status == 0)
		status = parse_state(r, err) || compare_origin(r, now, err) || read_state(r, &log_bytes, &log_crc32, err) ? -1 : 0;
	json_decref(now);
	if (status == 0 && session->log)
		status = mn_log_resume(session->log, log_path, log_bytes, log_crc32, err);
	for (int i = 0; i < session->saves && status == 0; i++)
		if (session->save[i].met)
			status = mn_session_save_again(session, &session->save[i], err);
	return status;
}

int mn_checkpoint_open(struct mn_session *session, const char *log_path, struct mn_error *err)
{
	const char *path = session->checkpoint->path;
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		if (session->log && mn_log_open(session->log, log_path, err))
			return -1;
		if (session->log && !session->log->regular)
			return mn_misuse(err, "--log: %s is not a regular file, as --checkpoint needs", log_path);
		return 0;
	}
	struct reading r = {.session = session, .path = path};
	if (mn_model_read(&r.model, path, err))
		return -1;
	int status = go_on(&r, log_path, err);
	json_decref(r.state);
	mn_model_free(&r.model);
	return status;
}
