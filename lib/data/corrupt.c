#include "mn/corrupt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/numbers.h"
#include "mn/random.h"
#include "noise.h"

static const char *const label_kinds[] = {"uniform", "wrong", "permute"};
static const char *const input_kinds[] = {"gaussian", "shuffle", "permute"};
static const char *const moment_names[] = {"global", "channel", "pixel"};

static int find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

int mn_label_kind(const char *name)
{
	return find_name(label_kinds, sizeof label_kinds / sizeof *label_kinds, name);
}

int mn_input_kind(const char *name)
{
	return find_name(input_kinds, sizeof input_kinds / sizeof *input_kinds, name);
}

int mn_moments_kind(const char *name)
{
	return find_name(moment_names, sizeof moment_names / sizeof *moment_names, name);
}

int64_t mn_corrupt_count(double fraction, int64_t rows)
{
	/* A decimal fraction and its product with rows are each rounded once, so that a true half may come out 2 units in the last place
	 * low; as much is added before rounding. */
	double product = fraction * (double)rows;
	return (int64_t)floor(product + 0.5 + product * 0x1p-51);
}

/* The first count rows of the permutation that belongs to the purpose. To be freed; NULL when out of memory. */
static int64_t *choose_rows(uint64_t seed, enum mn_purpose purpose, int64_t rows)
{
	int64_t *order = malloc((size_t)rows * sizeof *order);
	if (order)
		mn_random_permutation((struct mn_key){seed, purpose}, (struct mn_counter){0}, order, rows);
	return order;
}

static void draw_labels(struct mn_dataset *data, const struct mn_corruption *how, const int64_t *row, int64_t count)
{
	struct mn_key key = {how->seed, MN_PURPOSE_LABEL_CONTENT};
	uint64_t classes = (uint64_t)data->classes;
	for (int64_t i = 0; i < count; i++) {
		uint64_t word[4];
		mn_random_block(key, (struct mn_counter){.example = (uint64_t)row[i]}, word);
		if (how->label_kind == MN_LABELS_UNIFORM) {
			data->labels[row[i]] = (uint8_t)mn_random_below(word[0], classes);
		} else {
			uint64_t other = mn_random_below(word[0], classes - 1);
			data->labels[row[i]] = (uint8_t)(other + (other >= data->true_labels[row[i]]));
		}
	}
}

static int permute_labels(struct mn_dataset *data, uint64_t seed, const int64_t *row, int64_t count, struct mn_error *err)
{
	int64_t *from = malloc((size_t)count * sizeof *from);
	uint8_t *label = malloc((size_t)count);
	if (!from || !label) {
		free(from);
		free(label);
		return mn_fail_memory(err, data->stream.name, (unsigned long long)count * (sizeof *from + 1));
	}
	mn_random_permutation((struct mn_key){seed, MN_PURPOSE_LABEL_CONTENT}, (struct mn_counter){0}, from, count);
	for (int64_t i = 0; i < count; i++)
		label[i] = data->labels[row[i]];
	for (int64_t i = 0; i < count; i++)
		data->labels[row[i]] = label[from[i]];
	free(from);
	free(label);
	return 0;
}

static int corrupt_labels(struct mn_dataset *data, const struct mn_corruption *how, struct mn_corrupted *done, struct mn_error *err)
{
	if (how->label_kind == MN_LABELS_WRONG && data->classes < 2)
		return mn_fail(err, "%s: there is no wrong label where there is one class", data->stream.name);
	int64_t count = mn_corrupt_count(how->labels, data->rows);
	int64_t *row = choose_rows(how->seed, MN_PURPOSE_LABEL_CHOICE, data->rows);
	if (!row)
		return mn_fail_memory(err, data->stream.name, (unsigned long long)data->rows * sizeof *row);

	int status = 0;
	if (how->label_kind == MN_LABELS_PERMUTE && count > 0)
		status = permute_labels(data, how->seed, row, count, err);
	else
		draw_labels(data, how, row, count);
	done->labels_chosen = count;
	for (int64_t i = 0; i < count; i++) {
		data->label_noise[row[i]] = 1;
		done->labels_changed += data->labels[row[i]] != data->true_labels[row[i]];
	}
	free(row);
	return status;
}

static int corrupt_inputs(struct mn_dataset *data, const struct mn_corruption *how, struct mn_pool *pool, struct mn_corrupted *done,
                          struct mn_error *err)
{
	int64_t count = mn_corrupt_count(how->inputs, data->rows);
	int64_t *row = choose_rows(how->seed, MN_PURPOSE_INPUT_CHOICE, data->rows);
	if (!row)
		return mn_fail_memory(err, data->stream.name, (unsigned long long)data->rows * sizeof *row);

	done->inputs_chosen = count;
	int status = mn_noise_inputs(data, how, row, count, pool, &done->inputs_changed, err);
	for (int64_t i = 0; i < count; i++)
		data->input_noise[row[i]] = 1;
	free(row);
	return status;
}

/* Points *where at the bytes of tensor `name` [N], made of zeros (or of a copy of from) where the data has none. */
static int need_tensor(struct mn_dataset *data, const char *name, enum mn_dtype dtype, const uint8_t *from, uint8_t **where,
                       struct mn_error *err)
{
	if (*where)
		return 0;
	struct mn_tensor *tensor = mn_stream_add(&data->stream, name, dtype, 1, &data->rows, err);
	if (!tensor)
		return -1;
	if (from)
		memcpy(tensor->data, from, (size_t)data->rows);
	*where = tensor->data;
	return 0;
}

/* Whether this side was corrupted before: its requested fraction says so, or a bit of its mask. */
static int has_noise(const struct mn_dataset *data, const char *key, const uint8_t *mask, bool *has, struct mn_error *err)
{
	double fraction;
	if (mn_stream_get_real(&data->stream, key, 0, &fraction, err))
		return -1;
	*has = fraction != 0 || (mask && memchr(mask, 1, (size_t)data->rows));
	return 0;
}

/* A side that is left as it is keeps what is known of it. */
static bool must_record(const struct mn_stream *stream, const char *key, double fraction, bool had_noise)
{
	return fraction > 0 || (!had_noise && !mn_stream_get(stream, key, NULL));
}

static int record_side(struct mn_stream *stream, const char *side, double requested, const char *kind, double realized,
                       struct mn_error *err)
{
	char key[64], number[MN_NUMBER_SIZE];
	mn_format_shortest(number, requested);
	snprintf(key, sizeof key, "%s_noise", side);
	if (mn_stream_set(stream, key, number, err))
		return -1;
	mn_format_shortest(number, realized);
	snprintf(key, sizeof key, "%s_noise_realized", side);
	if (mn_stream_set(stream, key, number, err))
		return -1;
	snprintf(key, sizeof key, "%s_kind", side);
	return mn_stream_set(stream, key, kind, err);
}

int mn_corrupt(struct mn_dataset *data, const struct mn_corruption *how, struct mn_pool *pool, struct mn_corrupted *done,
               struct mn_error *err)
{
	struct mn_stream *stream = &data->stream;
	*done = (struct mn_corrupted){0};
	bool had_labels, had_inputs;
	if (has_noise(data, "label_noise", data->label_noise, &had_labels, err) ||
	    has_noise(data, "input_noise", data->input_noise, &had_inputs, err))
		return -1;
	if (how->labels > 0 && had_labels)
		return mn_fail(err, "%s: its labels were corrupted before; start from the clean data", stream->name);
	if (how->inputs > 0 && had_inputs)
		return mn_fail(err, "%s: its inputs were corrupted before; start from the clean data", stream->name);
	if (need_tensor(data, "true_labels", MN_U8, data->labels, &data->true_labels, err) ||
	    need_tensor(data, "label_noise", MN_BOOL, NULL, &data->label_noise, err) ||
	    need_tensor(data, "input_noise", MN_BOOL, NULL, &data->input_noise, err))
		return -1;

	if (how->labels > 0 && corrupt_labels(data, how, done, err))
		return -1;
	if (how->inputs > 0 && corrupt_inputs(data, how, pool, done, err))
		return -1;

	double rows = data->rows > 0 ? (double)data->rows : 1;
	if (must_record(stream, "label_noise", how->labels, had_labels) &&
	    record_side(stream, "label", how->labels, label_kinds[how->label_kind], (double)done->labels_changed / rows, err))
		return -1;
	if (must_record(stream, "input_noise", how->inputs, had_inputs) &&
	    (record_side(stream, "input", how->inputs, input_kinds[how->input_kind], (double)done->inputs_changed / rows, err) ||
	     mn_stream_set(stream, "moments", moment_names[how->moments], err)))
		return -1;
	return mn_stream_setf(stream, err, "data_seed", "%llu", (unsigned long long)how->seed);
}
