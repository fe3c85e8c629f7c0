/* header.h - the JSON header of a stream; private to lib/stream. */
#ifndef MN_HEADER_H
#define MN_HEADER_H

#include "mn/stream.h"

enum { HEADER_MOST = 100000000 }; /* bytes; the limit of the safetensors reference implementation */

/* Fills the stream (made by mn_stream_new) with the tensors in the order of their offsets, without data, and the metadata.
 * *payload: the bytes of all tensors, which lie one behind the other. */
int header_parse(struct mn_stream *stream, const char *text, size_t length, uint64_t *payload, struct mn_error *err);

/* The header for tensors laid out in the given order: JSON with "__metadata__" first and its keys sorted, padded with spaces to a
 * multiple of 8. To be freed; NULL with err on failure. */
char *header_text(const struct mn_stream *stream, const struct mn_tensor *const *order, size_t *length, struct mn_error *err);

/* The elements of a shape times the element size; -1 where that does not fit. */
int tensor_bytes(enum mn_dtype dtype, int rank, const int64_t *shape, size_t *bytes);

/* mn.crc32 as an object, or NULL where there is none (*err unset) or it is not one (err set). To be released with json_decref. */
json_t *header_crcs(const struct mn_stream *stream, struct mn_error *err);

/* JSON of a text; NULL where it is none (trouble says why), or with err where memory is lacking. */
json_t *json_read(const char *text, size_t length, const char *name, json_error_t *trouble, struct mn_error *err);

#endif
