#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "header.h"
#include "mn/output.h"

enum { OUT_BYTES = 1 << 16, DEFLATE_MOST = 1 << 30 };

/* Where the bytes of a stream go: a file, through zlib where gzip is asked for. */
struct sink {
	FILE *file;
	bool gzip;
	z_stream z;
	unsigned char out[OUT_BYTES];
};

static int fail_write(struct mn_error *err)
{
	return mn_fail(err, "cannot write: %s", strerror(errno));
}

/* flush: Z_NO_FLUSH, or Z_FINISH with the last bytes. */
static int deflate_to(struct sink *sink, const unsigned char *data, size_t n, int flush, struct mn_error *err)
{
	z_stream *z = &sink->z;
	do {
		size_t some = n < DEFLATE_MOST ? n : DEFLATE_MOST;
		z->next_in = (unsigned char *)data;
		z->avail_in = (uInt)some;
		do {
			z->next_out = sink->out;
			z->avail_out = OUT_BYTES;
			deflate(z, flush);
			size_t made = OUT_BYTES - z->avail_out;
			if (fwrite(sink->out, 1, made, sink->file) != made)
				return fail_write(err);
		} while (z->avail_out == 0);
		data += some;
		n -= some;
	} while (n > 0);
	return 0;
}

static int put(struct sink *sink, const void *data, size_t n, struct mn_error *err)
{
	if (n == 0)
		return 0;
	if (sink->gzip)
		return deflate_to(sink, data, n, Z_NO_FLUSH, err);
	return fwrite(data, 1, n, sink->file) == n ? 0 : fail_write(err);
}

static int by_layout(const void *a, const void *b)
{
	const struct mn_tensor *x = *(const struct mn_tensor *const *)a, *y = *(const struct mn_tensor *const *)b;
	size_t sx = mn_dtype_size(x->dtype), sy = mn_dtype_size(y->dtype);
	if (sx != sy)
		return sx > sy ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int set_crcs(struct mn_stream *stream, const struct mn_tensor *const *order, struct mn_error *err)
{
	json_t *crcs = json_object();
	bool failed = !crcs;
	for (int i = 0; i < stream->count && !failed; i++)
		failed = json_object_set_new(crcs, order[i]->name, json_integer(mn_tensor_crc(order[i]))) < 0;
	char *text = failed ? NULL : mn_json_text(crcs, false);
	json_decref(crcs);
	if (!text)
		return mn_fail(err, "%s: the name of a tensor is not UTF-8, or out of memory", stream->name);
	int status = mn_stream_set(stream, "crc32", text, err);
	free(text);
	return status;
}

static int put_all(struct sink *sink, const struct mn_stream *stream, const struct mn_tensor *const *order, struct mn_error *err)
{
	size_t length;
	char *text = header_text(stream, order, &length, err);
	if (!text)
		return -1;
	uint64_t raw = length;
	int status = put(sink, &raw, sizeof raw, err) < 0 ? -1 : put(sink, text, length, err);
	for (int i = 0; i < stream->count && status == 0; i++)
		status = put(sink, order[i]->data, order[i]->bytes, err);
	free(text);
	return status;
}

int mn_stream_write(struct mn_stream *stream, FILE *file, bool gzip, struct mn_error *err)
{
	int status = -1;
	size_t count = (size_t)stream->count;
	struct sink *sink = calloc(1, sizeof *sink);
	const struct mn_tensor **order = calloc(count + 1, sizeof(*order));
	/* 31: the largest window, in gzip's format, whose header zlib fills with no name and no time. */
	if (!sink || !order || (gzip && deflateInit2(&sink->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)) {
		mn_fail_memory(err, stream->name, sizeof *sink);
		goto done;
	}
	sink->file = file;
	sink->gzip = gzip;
	for (size_t i = 0; i < count; i++)
		order[i] = &stream->tensor[i];
	qsort(order, count, sizeof(*order), by_layout);
	if (mn_stream_set(stream, "format", "1", err) == 0 && set_crcs(stream, order, err) == 0)
		status = put_all(sink, stream, order, err);
	if (gzip && status == 0)
		status = deflate_to(sink, (const unsigned char *)"", 0, Z_FINISH, err);
	if (gzip)
		deflateEnd(&sink->z);
done:
	free(order);
	free(sink);
	return status;
}

int mn_stream_save(struct mn_stream *stream, const char *path, bool gzip, struct mn_error *err)
{
	struct mn_output output;
	if (mn_output_open(&output, path, true, err))
		return -1;
	int status = mn_stream_write(stream, output.file, gzip, err) ? mn_output_blame(&output, err) : mn_output_commit(&output, err);
	mn_output_discard(&output);
	return status;
}
