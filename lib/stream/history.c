#include "mn/history.h"

#include <stdlib.h>

static json_t *input_json(const struct mn_stream *input)
{
	json_t *crcs = json_object();
	for (int i = 0; i < input->count; i++) {
		if (json_object_set_new(crcs, input->tensor[i].name, json_integer(mn_tensor_crc(&input->tensor[i]))) < 0) {
			json_decref(crcs);
			return NULL;
		}
	}
	return crcs;
}

static json_t *step_json(const char *program, const char *command, int64_t seed, const struct mn_stream *const *inputs, int input_count,
                         const char *blas)
{
	json_t *list = json_array();
	for (int i = 0; i < input_count; i++) {
		if (json_array_append_new(list, input_json(inputs[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	json_t *step = json_pack("{s:s, s:s, s:s, s:I, s:o}", "program", program, "version", MN_VERSION, "command", command, "seed",
	                         (json_int_t)seed, "inputs", list);
	/* Not by an optional s* above, which takes a lack of memory for a NULL. */
	if (step && blas && json_object_set_new(step, "blas", json_string(blas)) < 0) {
		json_decref(step);
		return NULL;
	}
	return step;
}

int mn_history_append(struct mn_stream *stream, const char *program, const char *command, int64_t seed,
                      const struct mn_stream *const *inputs, int input_count, const char *blas, struct mn_error *err)
{
	json_t *history = mn_stream_get_json(stream, "history", "[]", err);
	if (!history)
		return -1;
	if (!json_is_array(history)) {
		json_decref(history);
		return mn_fail(err, "%s: mn.history is not a JSON array", stream->name);
	}
	char *text = NULL;
	if (json_array_append_new(history, step_json(program, command, seed, inputs, input_count, blas)) == 0)
		text = mn_json_text(history, false);
	json_decref(history);
	if (!text)
		return mn_fail(err, "%s: cannot extend mn.history: the command line is not UTF-8, or out of memory", stream->name);
	int status = mn_stream_set(stream, "history", text, err);
	free(text);
	return status;
}

void mn_history_remove(struct mn_stream *stream)
{
	json_object_del(stream->metadata, "mn.history");
}
