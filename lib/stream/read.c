#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"
#include "source.h"

/* The first tensor that does not end within the size bytes of the file. */
static int fail_cut(const struct mn_stream *stream, uint64_t payload_at, uint64_t size, struct mn_error *err)
{
	uint64_t end = payload_at;
	int i = 0;
	for (; i < stream->count; i++) {
		end += stream->tensor[i].bytes;
		if (end > size)
			break;
	}
	return mn_fail(err, "%s: tensor '%s' ends at byte %" PRIu64 ", file has %" PRIu64, stream->name, stream->tensor[i].name, end, size);
}

static int read_header(struct mn_stream *stream, struct source *source, uint64_t *payload, struct mn_error *err)
{
	unsigned char raw[8];
	size_t got;
	void *text;
	if (source_read(source, raw, sizeof raw, &got, err) < 0)
		return -1;
	if (got < sizeof raw)
		return mn_fail(err, "%s: not a safetensors stream: it has %zu bytes, the header's length alone takes 8", stream->name, got);
	uint64_t length;
	memcpy(&length, raw, sizeof length);
	if (length > HEADER_MOST)
		return mn_fail(err, "%s: not a safetensors stream: it declares a header of %" PRIu64 " bytes, at most %d are allowed",
		               stream->name, length, HEADER_MOST);
	if (source_take(source, length, &text, &got, err) < 0)
		return -1;
	int status = got < length ? mn_fail(err, "%s: the header ends at byte %" PRIu64 ", file has %" PRIu64, stream->name, 8 + length,
	                                    source->count)
	                          : header_parse(stream, text, length, payload, err);
	free(text);
	if (status < 0)
		return -1;
	uint64_t end = source->count + *payload;
	if (source->size >= 0 && (uint64_t)source->size < end)
		return fail_cut(stream, source->count, (uint64_t)source->size, err);
	if (source->size >= 0 && (uint64_t)source->size > end)
		return mn_fail(err, "%s: the last tensor ends at byte %" PRIu64 ", file has %" PRId64, stream->name, end, source->size);
	return 0;
}

/* A tensor that lies askew gets memory of its own: others' files need not be aligned. */
static int place(struct mn_stream *stream, struct mn_error *err)
{
	size_t at = 0;
	for (int i = 0; i < stream->count; i++) {
		struct mn_tensor *tensor = &stream->tensor[i];
		tensor->inside = at % mn_dtype_size(tensor->dtype) == 0;
		tensor->data = (char *)stream->payload + at;
		if (!tensor->inside) {
			void *copy = malloc(tensor->bytes ? tensor->bytes : 1);
			if (copy)
				memcpy(copy, tensor->data, tensor->bytes);
			tensor->data = copy;
			if (!copy)
				return mn_fail_memory(err, stream->name, tensor->bytes);
		}
		at += tensor->bytes;
	}
	return 0;
}

static int check_crcs(struct mn_stream *stream, struct mn_error *err)
{
	if (!mn_stream_get(stream, "crc32", NULL))
		return 0;
	json_t *crcs = header_crcs(stream, err);
	if (!crcs)
		return -1;
	int status = 0;
	for (int i = 0; i < stream->count && status == 0; i++) {
		const struct mn_tensor *tensor = &stream->tensor[i];
		const json_t *crc = json_object_get(crcs, tensor->name);
		json_int_t is = mn_tensor_crc(tensor);
		if (!json_is_integer(crc))
			status = mn_fail(err, "%s: mn.crc32 has no number for tensor '%s'", stream->name, tensor->name);
		else if (json_integer_value(crc) != is)
			status = mn_fail(err,
			                 "%s: tensor '%s' is damaged: its CRC-32 is %" JSON_INTEGER_FORMAT
			                 ", mn.crc32 says %" JSON_INTEGER_FORMAT,
			                 stream->name, tensor->name, is, json_integer_value(crc));
	}
	if (status == 0 && json_object_size(crcs) != (size_t)stream->count)
		status = mn_fail(err, "%s: mn.crc32 names %zu tensors, the stream has %d", stream->name, json_object_size(crcs),
		                 stream->count);
	json_decref(crcs);
	return status;
}

static int read_payload(struct mn_stream *stream, struct source *source, uint64_t payload, struct mn_error *err)
{
	uint64_t payload_at = source->count;
	size_t got, more;
	char extra;
	if (source_take(source, payload, &stream->payload, &got, err) < 0)
		return -1;
	if (got < payload)
		return fail_cut(stream, payload_at, payload_at + got, err);
	/* Asking for one byte more also makes zlib check the end of gzip data. */
	if (source_read(source, &extra, 1, &more, err) < 0)
		return -1;
	if (more > 0)
		return mn_fail(err, "%s: the last tensor ends at byte %" PRIu64 ", but the file goes on", stream->name, source->count - 1);
	return place(stream, err) < 0 ? -1 : check_crcs(stream, err);
}

static int read_stream(struct mn_stream *stream, const char *path, bool whole, struct mn_error *err)
{
	struct source source;
	uint64_t payload;
	if (mn_stream_new(stream, path && strcmp(path, "-") != 0 ? path : "<stdin>", err) < 0)
		return -1;
	int status = source_open(&source, path, stream->name, err);
	if (status == 0) {
		status = read_header(stream, &source, &payload, err);
		if (status == 0 && whole)
			status = read_payload(stream, &source, payload, err);
		source_close(&source);
	}
	if (status < 0)
		mn_stream_free(stream);
	return status;
}

int mn_stream_read(struct mn_stream *stream, const char *path, struct mn_error *err)
{
	return read_stream(stream, path, true, err);
}

int mn_stream_read_header(struct mn_stream *stream, const char *path, struct mn_error *err)
{
	return read_stream(stream, path, false, err);
}
