#include "header.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct mn_tensor tensor;
	int64_t begin, end;
};

static int parse_dtype(const struct mn_stream *stream, const char *name, const char *text, enum mn_dtype *dtype, struct mn_error *err)
{
	for (int d = MN_BOOL; d <= MN_F64; d++) {
		if (strcmp(text, mn_dtype_name((enum mn_dtype)d)) == 0) {
			*dtype = (enum mn_dtype)d;
			return 0;
		}
	}
	return mn_fail(err, "%s: tensor '%s' has dtype %s; only BOOL, U8, I64, F32 and F64 can be read", stream->name, name, text);
}

int tensor_bytes(enum mn_dtype dtype, int rank, const int64_t *shape, size_t *bytes)
{
	*bytes = mn_dtype_size(dtype);
	for (int i = 0; i < rank; i++) {
		if (shape[i] < 0 || __builtin_mul_overflow(*bytes, (size_t)shape[i], bytes))
			return -1;
	}
	return *bytes > INT64_MAX ? -1 : 0;
}

static int parse_shape(const struct mn_stream *stream, struct mn_tensor *tensor, const json_t *shape, struct mn_error *err)
{
	size_t rank = json_array_size(shape);
	if (rank > MN_RANK_MAX)
		return mn_fail(err, "%s: tensor '%s' has %zu dimensions, at most %d can be read", stream->name, tensor->name, rank,
		               MN_RANK_MAX);
	tensor->rank = (int)rank;
	for (size_t i = 0; i < rank; i++) {
		const json_t *size = json_array_get(shape, i);
		if (!json_is_integer(size) || json_integer_value(size) < 0)
			return mn_fail(err, "%s: tensor '%s': a shape must be an array of integers not below 0", stream->name,
			               tensor->name);
		tensor->shape[i] = json_integer_value(size);
	}
	if (tensor_bytes(tensor->dtype, tensor->rank, tensor->shape, &tensor->bytes) < 0)
		return mn_fail(err, "%s: tensor '%s' has a shape too large for any memory", stream->name, tensor->name);
	return 0;
}

static int parse_entry(const struct mn_stream *stream, struct entry *entry, const json_t *info, struct mn_error *err)
{
	struct mn_tensor *tensor = &entry->tensor;
	const json_t *dtype = json_object_get(info, "dtype"), *shape = json_object_get(info, "shape");
	const json_t *offsets = json_object_get(info, "data_offsets");
	if (!json_is_string(dtype) || !json_is_array(shape) || !json_is_array(offsets) || json_object_size(info) != 3)
		return mn_fail(err, "%s: tensor '%s' needs a dtype, a shape, data_offsets and nothing else", stream->name, tensor->name);
	if (parse_dtype(stream, tensor->name, json_string_value(dtype), &tensor->dtype, err) < 0 ||
	    parse_shape(stream, tensor, shape, err) < 0)
		return -1;
	const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
	if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end))
		return mn_fail(err, "%s: tensor '%s': data_offsets must be two integers", stream->name, tensor->name);
	entry->begin = json_integer_value(begin);
	entry->end = json_integer_value(end);
	if (entry->begin < 0 || entry->end < entry->begin)
		return mn_fail(err, "%s: tensor '%s' has impossible offsets %" PRId64 " to %" PRId64, stream->name, tensor->name,
		               entry->begin, entry->end);
	if ((size_t)(entry->end - entry->begin) != tensor->bytes)
		return mn_fail(err, "%s: tensor '%s' has %" PRId64 " bytes between its offsets, its dtype and shape need %zu", stream->name,
		               tensor->name, entry->end - entry->begin, tensor->bytes);
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return strcmp(x->tensor.name, y->tensor.name);
}

/* Every byte of the payload belongs to one tensor. */
static int check_offsets(const struct mn_stream *stream, const struct entry *entry, int count, struct mn_error *err)
{
	int64_t end = 0;
	for (int i = 0; i < count; i++) {
		const char *name = entry[i].tensor.name;
		if (entry[i].begin > end)
			return mn_fail(err, "%s: a hole of %" PRId64 " bytes before tensor '%s'", stream->name, entry[i].begin - end, name);
		if (entry[i].begin < end)
			return mn_fail(err, "%s: tensors '%s' and '%s' overlap", stream->name, entry[i - 1].tensor.name, name);
		end = entry[i].end;
	}
	return 0;
}

static int parse_metadata(struct mn_stream *stream, json_t *metadata, struct mn_error *err)
{
	const char *key;
	json_t *value;
	if (!json_is_object(metadata))
		return mn_fail(err, "%s: __metadata__ is not an object", stream->name);
	json_object_foreach (metadata, key, value) {
		if (!json_is_string(value))
			return mn_fail(err, "%s: metadata '%s' is not a string", stream->name, key);
	}
	json_decref(stream->metadata);
	stream->metadata = json_incref(metadata);
	const char *format = mn_stream_get(stream, "format", "1");
	if (strcmp(format, "1") != 0)
		return mn_fail(err, "%s: mn.format is '%s', this version reads 1", stream->name, format);
	return 0;
}

static int parse_object(struct mn_stream *stream, struct entry *entry, int *count, json_t *header, struct mn_error *err)
{
	const char *key;
	json_t *value;
	json_object_foreach (header, key, value) {
		if (strcmp(key, "__metadata__") == 0) {
			if (parse_metadata(stream, value, err) < 0)
				return -1;
			continue;
		}
		struct entry *next = &entry[*count];
		*next = (struct entry){.tensor.name = strdup(key)};
		if (!next->tensor.name)
			return mn_fail_memory(err, stream->name, strlen(key) + 1);
		++*count;
		if (parse_entry(stream, next, value, err) < 0)
			return -1;
	}
	qsort(entry, (size_t)*count, sizeof *entry, by_offset);
	return check_offsets(stream, entry, *count, err);
}

int header_parse(struct mn_stream *stream, const char *text, size_t length, uint64_t *payload, struct mn_error *err)
{
	json_error_t trouble;
	if (length == 0 || text[0] != '{')
		return mn_fail(err, "%s: not a safetensors stream: its header does not begin with {", stream->name);
	err->status = 0;
	json_t *header = json_read(text, length, stream->name, &trouble, err);
	if (!header && err->status)
		return -1;
	if (!header)
		return mn_fail(err, "%s: header: %s (at byte %d)", stream->name, trouble.text, 8 + trouble.position);
	size_t most = json_object_size(header);
	int count = 0, status = -1;
	struct entry *entry = calloc(most + 1, sizeof *entry);
	stream->tensor = calloc(most + 1, sizeof *stream->tensor);
	if (!entry || !stream->tensor) {
		mn_fail_memory(err, stream->name, most * sizeof *entry);
	} else if (parse_object(stream, entry, &count, header, err) == 0) {
		*payload = count ? (uint64_t)entry[count - 1].end : 0;
		status = 0;
	}
	/* Names change hands even on failure: mn_stream_free has them then. */
	for (int i = 0; i < count; i++)
		stream->tensor[i] = entry[i].tensor;
	stream->count = count;
	free(entry);
	json_decref(header);
	return status;
}

json_t *header_crcs(const struct mn_stream *stream, struct mn_error *err)
{
	if (!mn_stream_get(stream, "crc32", NULL))
		return NULL;
	json_t *crcs = mn_stream_get_json(stream, "crc32", NULL, err);
	if (crcs && !json_is_object(crcs)) {
		json_decref(crcs);
		mn_fail(err, "%s: mn.crc32 is not a JSON object", stream->name);
		return NULL;
	}
	return crcs;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The metadata with sorted keys, whatever the order in which they were set. A new reference or NULL. */
static json_t *sorted_metadata(json_t *metadata)
{
	size_t n = json_object_size(metadata), i = 0;
	const char **keys = calloc(n + 1, sizeof *keys), *key;
	json_t *sorted = json_object(), *value;
	bool failed = !keys || !sorted;
	if (!failed) {
		json_object_foreach (metadata, key, value)
			keys[i++] = key;
		qsort(keys, n, sizeof *keys, by_name);
		for (i = 0; i < n; i++)
			failed |= json_object_set(sorted, keys[i], json_object_get(metadata, keys[i])) < 0;
	}
	free(keys);
	if (failed)
		json_decref(sorted);
	return failed ? NULL : sorted;
}

static json_t *entry_json(const struct mn_tensor *tensor, size_t begin)
{
	json_t *shape = json_array();
	for (int i = 0; i < tensor->rank; i++) {
		if (json_array_append_new(shape, json_integer(tensor->shape[i])) < 0) {
			json_decref(shape);
			return NULL;
		}
	}
	return json_pack("{s:s, s:o, s:[I, I]}", "dtype", mn_dtype_name(tensor->dtype), "shape", shape, "data_offsets", (json_int_t)begin,
	                 (json_int_t)begin + (json_int_t)tensor->bytes);
}

char *header_text(const struct mn_stream *stream, const struct mn_tensor *const *order, size_t *length, struct mn_error *err)
{
	json_t *header = json_object();
	bool failed = !header || json_object_set_new(header, "__metadata__", sorted_metadata(stream->metadata)) < 0;
	size_t begin = 0;
	for (int i = 0; i < stream->count && !failed; i++) {
		failed = json_object_set_new(header, order[i]->name, entry_json(order[i], begin)) < 0;
		begin += order[i]->bytes;
	}
	char *dumped = failed ? NULL : mn_json_text(header, false);
	size_t used = dumped ? strlen(dumped) : 0;
	char *text = used ? realloc(dumped, used + 8) : NULL;
	if (text) {
		memset(text + used, ' ', 8);
		*length = (used + 7) / 8 * 8;
	} else {
		free(dumped);
		mn_fail_memory(err, stream->name, used);
	}
	json_decref(header);
	if (text && *length > HEADER_MOST) {
		free(text);
		text = NULL;
		mn_fail(err, "%s: the header would have %zu bytes, at most %d are allowed", stream->name, *length, HEADER_MOST);
	}
	return text;
}
