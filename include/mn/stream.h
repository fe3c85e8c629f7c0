/* stream.h - safetensors: named tensors and string metadata in one stream; see mn-dataset(5) and mn-model(5).
 *
 * Little-endian 8-byte header length, JSON header, raw row-major tensors. A stream is held in memory. The reader treats
 * its input as hostile. Only little-endian machines are supported (checked at compile time).
 */
#ifndef MN_STREAM_H
#define MN_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mn/error.h"

enum mn_dtype { MN_BOOL, MN_U8, MN_I64, MN_F32, MN_F64 };

enum { MN_RANK_MAX = 8 };

struct mn_tensor {
	char *name;
	enum mn_dtype dtype;
	int rank;
	int64_t shape[MN_RANK_MAX];
	size_t bytes;
	void *data;  /* owned by the stream (malloc'd on its own or inside the stream's payload) */
	bool inside; /* data points into the stream's payload */
};

struct mn_stream {
	char *name; /* for messages: the path, or "<stdin>" */
	int count;
	struct mn_tensor *tensor;
	json_t *metadata; /* an object, strings only; keys with their "mn." prefix */
	void *payload;    /* what a read stream's tensors point into */
};

size_t mn_dtype_size(enum mn_dtype dtype);
const char *mn_dtype_name(enum mn_dtype dtype); /* "F32" */

/* An empty stream. 0, or -1 with err. */
int mn_stream_new(struct mn_stream *stream, const char *name, struct mn_error *err);
void mn_stream_free(struct mn_stream *stream); /* also of a zeroed one */

/* Reads path (NULL or "-": standard input; a terminal there is misuse), gunzips where it begins with 1f 8b, checks everything: header
 * length, offsets without hole or overlap, nothing after, dtype x shape = bytes, duplicate names, mn.crc32 where present. Memory is bounded
 * by what the file really holds. On failure stream is empty. */
int mn_stream_read(struct mn_stream *stream, const char *path, struct mn_error *err);

/* Reads the header alone (for --describe): tensors have NULL data, the payload is not read. */
int mn_stream_read_header(struct mn_stream *stream, const char *path, struct mn_error *err);

/* Writes the stream: tensors by decreasing element size, then by name; header padded with spaces to a multiple of 8; sets mn.crc32,
 * mn.format. The same tensors and metadata give the same bytes, in whatever order they were added. gzip: compressed, with a header that
 * holds no time or name. */
int mn_stream_write(struct mn_stream *stream, FILE *file, bool gzip, struct mn_error *err);

/* Writes the stream to a file (NULL or -: standard output), which is whole or as it was. 0, or -1 with err. */
int mn_stream_save(struct mn_stream *stream, const char *path, bool gzip, struct mn_error *err);

/* The human-readable text of --describe: tensors, parameters, history. 0 or -1. */
int mn_stream_describe(const struct mn_stream *stream, FILE *file, struct mn_error *err);

/* NULL where there is none of that name. The pointer is good until the next add or remove. */
struct mn_tensor *mn_stream_find(const struct mn_stream *stream, const char *name);

/* Adds a tensor with zeroed data of its own; NULL with err on failure (a second one of that name included). */
struct mn_tensor *mn_stream_add(struct mn_stream *stream, const char *name, enum mn_dtype dtype, int rank, const int64_t *shape,
                                struct mn_error *err);
/* Removes a tensor and frees its own data; nothing happens where there is none. */
void mn_stream_remove(struct mn_stream *stream, const char *name);

/* The CRC-32 (zlib's) of a tensor's bytes. */
uint32_t mn_tensor_crc(const struct mn_tensor *tensor);

/* Metadata by key without the prefix: mn_stream_get(s, "net") is "mn.net". fallback where missing. */
const char *mn_stream_get(const struct mn_stream *stream, const char *key, const char *fallback);
int mn_stream_set(struct mn_stream *stream, const char *key, const char *value, struct mn_error *err);
int mn_stream_setf(struct mn_stream *stream, struct mn_error *err, const char *key, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
/* Copies the metadata of `from` that the stream has not: what a data set says about itself goes into the model that is trained on it, its
 * history included. mn.kind, mn.format and mn.crc32 stay each stream's own. */
int mn_stream_inherit(struct mn_stream *stream, const struct mn_stream *from, struct mn_error *err);
/* Strict numbers: a missing key gives the fallback, a malformed one an error that names file and key. */
/* JSON as text on one line, to be freed; sorted: its keys. NULL where memory is lacking, or text is not UTF-8. */
char *mn_json_text(const json_t *value, bool sorted);

/* The value of a key, which holds JSON, or of the fallback. A new reference, or NULL with err. */
json_t *mn_stream_get_json(const struct mn_stream *stream, const char *key, const char *fallback, struct mn_error *err);
int mn_stream_get_int(const struct mn_stream *stream, const char *key, int64_t fallback, int64_t *value, struct mn_error *err);
int mn_stream_get_real(const struct mn_stream *stream, const char *key, double fallback, double *value, struct mn_error *err);

#endif
