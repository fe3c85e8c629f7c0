/* Any bytes as a pair of IDX files: refused, or every row of the range is there. A byte for the range and two for the length of the
 * images' file, low one first, come before the two files. */
#include "../../lib/data/reading.h"
#include "bytes.h"

enum { BEFORE = 3 };

static void use(const struct mn_reading *reading)
{
	const struct mn_tensor *images = mn_stream_find(reading->stream, "images"), *labels = mn_stream_find(reading->stream, "labels");
	const int64_t rows = reading->range.to - reading->range.from;
	DEMAND(images && labels && rows >= 0 && rows <= reading->rows && (size_t)rows == labels->bytes);
	DEMAND(images->bytes == (size_t)rows * (size_t)reading->height * (size_t)reading->width);
	for (int64_t i = 0; i < rows; i++)
		DEMAND(((const uint8_t *)labels->data)[i] < reading->classes);
}

static void read_pair(struct mn_reading *reading, const char *images, const char *labels)
{
	struct mn_error err = {0};
	if (mn_reading_idx_images(reading, images, NULL, &err)) {
		if (err.status != MN_EXIT_MISUSED) /* --range past the rows */
			demand_refusal(&err, images);
	} else if (mn_reading_idx_labels(reading, labels, NULL, &err)) {
		demand_refusal(&err, labels);
	} else {
		use(reading);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mn_stream stream;
	struct mn_error err = {0};
	char images[32], labels[32];
	if (size < BEFORE)
		return 0;
	size_t length = (size_t)data[1] | (size_t)data[2] << 8;
	struct mn_fetch how = {.dataset = "idx", .range = {0, -1}};
	if (data[0])
		how.range = (struct mn_range){data[0] % 16 / 2, data[0] / 16 + data[0] % 16 / 2};
	data += BEFORE;
	size -= BEFORE;
	length = length < size ? length : size;
	int first = bytes_open_file(data, length, images), second = bytes_open_file(data + length, size - length, labels);
	DEMAND(mn_stream_new(&stream, "idx", &err) == 0);
	struct mn_reading reading = {.how = &how, .stream = &stream, .classes = 1, .sums = json_object()};
	read_pair(&reading, images, labels);
	json_decref(reading.sums);
	mn_stream_free(&stream);
	close(first);
	close(second);
	return 0;
}
