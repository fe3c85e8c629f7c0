/* Any bytes as a stream: refused with one line that names it, or written so that it reads back the same. */
#include <string.h>

#include "bytes.h"
#include "mn/history.h"

static void read_back(const struct mn_stream *stream, const char *text, size_t length)
{
	struct mn_stream back;
	struct mn_error err = {0};
	char path[32];
	int fd = bytes_open((const uint8_t *)text, length, path);
	DEMAND(mn_stream_read(&back, path, &err) == 0);
	close(fd);
	DEMAND(back.count == stream->count && json_equal(back.metadata, stream->metadata));
	for (int i = 0; i < back.count; i++) {
		const struct mn_tensor *is = &back.tensor[i], *was = mn_stream_find(stream, is->name);
		DEMAND(was && is->dtype == was->dtype && is->rank == was->rank && is->bytes == was->bytes);
		DEMAND(memcmp(is->shape, was->shape, (size_t)is->rank * sizeof *is->shape) == 0);
		DEMAND(memcmp(is->data, was->data, is->bytes) == 0);
	}
	mn_stream_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mn_stream stream;
	struct mn_error err = {0};
	char path[32], *text;
	size_t length;
	int fd = bytes_open(data, size, path);
	if (mn_stream_read(&stream, path, &err) < 0) {
		demand_refusal(&err, path);
		DEMAND(!stream.name && !stream.metadata && !stream.tensor && !stream.payload);
		close(fd);
		return 0;
	}
	close(fd);
	const struct mn_stream *inputs[] = {&stream};
	FILE *file = open_memstream(&text, &length);
	mn_stream_describe(&stream, file, &err);
	mn_history_append(&stream, "fuzz", "fuzz", 0, inputs, 1, NULL, &err);
	rewind(file);
	DEMAND(mn_stream_write(&stream, file, size % 4 < 2, &err) == 0 && fclose(file) == 0);
	read_back(&stream, text, length);
	free(text);
	mn_stream_free(&stream);
	return 0;
}
