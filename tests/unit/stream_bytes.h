/* stream_bytes.h - streams as bytes in memory, read through a file or a pipe; for the tests of lib/stream. */
#ifndef STREAM_BYTES_H
#define STREAM_BYTES_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mn/stream.h"

struct bytes {
	char *at;
	size_t n;
};

enum way { BY_FILE, BY_PIPE };

/* A name that opens the bytes anew: an unnamed file, or a pipe that holds them all (at most 64 KiB). *fd is to be closed. */
static inline void offer(struct bytes bytes, enum way way, int *fd, char path[64])
{
	int ends[2] = {-1, -1};
	if (way == BY_PIPE ? pipe(ends) < 0 : (ends[0] = ends[1] = memfd_create("stream", 0)) < 0)
		abort();
	if (write(ends[1], bytes.at, bytes.n) != (ssize_t)bytes.n)
		abort();
	*fd = ends[0];
	if (way == BY_PIPE)
		close(ends[1]);
	snprintf(path, 64, "/proc/self/fd/%d", *fd);
}

static inline int read_bytes(struct mn_stream *stream, struct bytes bytes, enum way way, struct mn_error *err)
{
	int fd;
	char path[64];
	offer(bytes, way, &fd, path);
	int status = mn_stream_read(stream, path, err);
	close(fd);
	return status;
}

static inline struct bytes write_bytes(struct mn_stream *stream, bool gzip)
{
	struct bytes bytes;
	struct mn_error err;
	FILE *file = open_memstream(&bytes.at, &bytes.n);
	if (!file || mn_stream_write(stream, file, gzip, &err) < 0 || fclose(file) < 0)
		abort();
	return bytes;
}

/* A stream with this header, whatever it says, and n bytes of payload. To be freed. */
static inline struct bytes made_bytes(const char *header, size_t n)
{
	uint64_t length = strlen(header);
	struct bytes bytes = {calloc(1, 8 + length + n), 8 + length + n};
	if (!bytes.at)
		abort();
	memcpy(bytes.at, &length, 8);
	memcpy(bytes.at + 8, header, length);
	return bytes;
}

static inline void *add_tensor(struct mn_stream *stream, const char *name, enum mn_dtype dtype, int rank, const int64_t *shape)
{
	struct mn_error err;
	struct mn_tensor *tensor = mn_stream_add(stream, name, dtype, rank, shape, &err);
	if (!tensor)
		abort();
	for (size_t i = 0; i < tensor->bytes; i++)
		((unsigned char *)tensor->data)[i] = dtype == MN_BOOL ? i & 1 : (unsigned char)(i * 37 + 11);
	return tensor->data;
}

/* A tensor of each dtype, an empty one and a scalar, and metadata beyond ASCII. */
static inline struct mn_stream sample_stream(void)
{
	struct mn_stream stream;
	struct mn_error err;
	if (mn_stream_new(&stream, "sample", &err) < 0)
		abort();
	add_tensor(&stream, "mask", MN_BOOL, 1, (int64_t[]){3});
	add_tensor(&stream, "bytes", MN_U8, 2, (int64_t[]){3, 5});
	add_tensor(&stream, "weight", MN_F32, 3, (int64_t[]){2, 1, 3});
	add_tensor(&stream, "rows", MN_I64, 1, (int64_t[]){3});
	add_tensor(&stream, "empty", MN_F32, 1, (int64_t[]){0});
	add_tensor(&stream, "scalar", MN_F64, 0, NULL);
	if (mn_stream_set(&stream, "net", "mlp:512", &err) < 0 || mn_stream_set(&stream, "dataset", "na\xc3\xafve \"quoted\"", &err) < 0)
		abort();
	return stream;
}

static inline bool same_tensors(const struct mn_stream *a, const struct mn_stream *b)
{
	bool same = a->count == b->count;
	for (int i = 0; i < a->count && same; i++) {
		const struct mn_tensor *x = &a->tensor[i], *y = mn_stream_find(b, x->name);
		same = y && x->dtype == y->dtype && x->rank == y->rank && x->bytes == y->bytes;
		same = same && memcmp(x->shape, y->shape, (size_t)x->rank * sizeof *x->shape) == 0 &&
		       memcmp(x->data, y->data, x->bytes) == 0;
	}
	return same;
}

#endif
