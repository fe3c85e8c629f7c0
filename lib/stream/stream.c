#include "mn/stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zlib.h>

#include "header.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "streams are little-endian and are used as they lie");
_Static_assert(sizeof(size_t) == 8 && sizeof(float) == 4 && sizeof(double) == 8, "a 64-bit machine with IEEE numbers");

static const struct {
	const char *name;
	size_t size;
} dtypes[] = {[MN_BOOL] = {"BOOL", 1}, [MN_U8] = {"U8", 1}, [MN_I64] = {"I64", 8}, [MN_F32] = {"F32", 4}, [MN_F64] = {"F64", 8}};

size_t mn_dtype_size(enum mn_dtype dtype)
{
	return dtypes[dtype].size;
}

const char *mn_dtype_name(enum mn_dtype dtype)
{
	return dtypes[dtype].name;
}

int mn_stream_new(struct mn_stream *stream, const char *name, struct mn_error *err)
{
	*stream = (struct mn_stream){.name = strdup(name), .metadata = json_object()};
	if (!stream->name || !stream->metadata) {
		mn_stream_free(stream);
		return mn_fail_memory(err, name, sizeof *stream);
	}
	return 0;
}

void mn_stream_free(struct mn_stream *stream)
{
	for (int i = 0; i < stream->count; i++) {
		free(stream->tensor[i].name);
		if (!stream->tensor[i].inside)
			free(stream->tensor[i].data);
	}
	free(stream->tensor);
	free(stream->payload);
	free(stream->name);
	json_decref(stream->metadata);
	*stream = (struct mn_stream){0};
}

struct mn_tensor *mn_stream_find(const struct mn_stream *stream, const char *name)
{
	for (int i = 0; i < stream->count; i++) {
		if (strcmp(stream->tensor[i].name, name) == 0)
			return &stream->tensor[i];
	}
	return NULL;
}

/* A hint for large tensors: the first touch of 47 MB in pages of 4 kB costs a quarter of the time that zlib takes to inflate as much. */
static void prefer_huge_pages(void *data, size_t bytes)
{
	const uintptr_t huge = (uintptr_t)1 << 21;
	uintptr_t from = ((uintptr_t)data + huge - 1) / huge * huge, to = ((uintptr_t)data + bytes) / huge * huge;
	if (data && bytes >= 2 * huge && to > from)
		madvise((void *)from, to - from, MADV_HUGEPAGE);
}

struct mn_tensor *mn_stream_add(struct mn_stream *stream, const char *name, enum mn_dtype dtype, int rank, const int64_t *shape,
                                struct mn_error *err)
{
	size_t bytes;
	if (mn_stream_find(stream, name) || strcmp(name, "__metadata__") == 0) {
		mn_fail(err, "%s: there is already a tensor '%s'", stream->name, name);
		return NULL;
	}
	if (rank < 0 || rank > MN_RANK_MAX || tensor_bytes(dtype, rank, shape, &bytes) < 0) {
		mn_fail(err, "%s: tensor '%s' has an impossible shape", stream->name, name);
		return NULL;
	}
	struct mn_tensor *all = realloc(stream->tensor, ((size_t)stream->count + 1) * sizeof *all);
	if (all)
		stream->tensor = all;
	struct mn_tensor made = {.name = strdup(name), .dtype = dtype, .rank = rank, .bytes = bytes, .data = calloc(bytes ? bytes : 1, 1)};
	prefer_huge_pages(made.data, bytes);
	if (!all || !made.name || !made.data) {
		free(made.name);
		free(made.data);
		mn_fail_memory(err, stream->name, bytes);
		return NULL;
	}
	for (int i = 0; i < rank; i++)
		made.shape[i] = shape[i];
	all[stream->count] = made;
	return &all[stream->count++];
}

void mn_stream_remove(struct mn_stream *stream, const char *name)
{
	struct mn_tensor *tensor = mn_stream_find(stream, name);
	if (!tensor)
		return;
	free(tensor->name);
	if (!tensor->inside)
		free(tensor->data);
	size_t after = (size_t)(stream->tensor + stream->count - (tensor + 1));
	memmove(tensor, tensor + 1, after * sizeof *tensor);
	stream->count--;
}

uint32_t mn_tensor_crc(const struct mn_tensor *tensor)
{
	return (uint32_t)crc32_z(crc32_z(0, NULL, 0), tensor->data, tensor->bytes);
}
