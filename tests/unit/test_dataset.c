/* Data sets: what is welcome, what is put right, what is refused. */
#include <math.h>

#include "mn/dataset.h"
#include "stream_bytes.h"
#include "test.h"

#define TENSOR(name, dtype, shape, offsets) "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

/* Four images of 2 x 3 pixels and two channels, with everything that a data set may hold. */
static struct mn_stream full_stream(enum mn_dtype dtype)
{
	struct mn_stream stream;
	struct mn_error err;
	const int64_t images[] = {4, 2, 2, 3}, rows[] = {4};
	if (mn_stream_new(&stream, "full.st", &err) < 0)
		abort();
	void *pixels = add_tensor(&stream, "images", dtype, 4, images);
	for (int i = 0; dtype == MN_F32 && i < 48; i++)
		((float *)pixels)[i] = (float)i / 8 - 2;
	memcpy(add_tensor(&stream, "labels", MN_U8, 1, rows), (uint8_t[]){0, 9, 3, 3}, 4);
	memcpy(add_tensor(&stream, "true_labels", MN_U8, 1, rows), (uint8_t[]){0, 9, 4, 3}, 4);
	memcpy(add_tensor(&stream, "label_noise", MN_BOOL, 1, rows), (uint8_t[]){0, 0, 1, 1}, 4);
	memcpy(add_tensor(&stream, "input_noise", MN_BOOL, 1, rows), (uint8_t[]){1, 0, 0, 0}, 4);
	memcpy(add_tensor(&stream, "index", MN_I64, 1, rows), (int64_t[]){7, 5, 59999, 0}, 32);
	return stream;
}

static void test_full(struct test *t)
{
	struct mn_stream stream = full_stream(MN_U8);
	struct mn_dataset data;
	struct mn_error err;
	float row[12];
	struct bytes bytes = write_bytes(&stream, true);
	int fd;
	char path[64];
	offer(bytes, BY_PIPE, &fd, path);
	if (!CHECK(t, mn_dataset_read(&data, path, &err) == 0, "a data set is read"))
		return;
	close(fd);
	free(bytes.at);
	CHECK(t, data.rows == 4 && data.channels == 2 && data.height == 2 && data.width == 3 && mn_dataset_pixels(&data) == 12,
	      "... with the shape of its images");
	CHECK(t, data.classes == 10 && strcmp(mn_stream_get(&data.stream, "classes", ""), "10") == 0,
	      "... ten classes where none are named");
	CHECK(t,
	      data.labels[1] == 9 && data.true_labels[2] == 4 && data.label_noise[2] == 1 && data.input_noise[0] == 1 &&
	              data.index[2] == 59999,
	      "... labels, true labels, masks and index");
	mn_dataset_row(&data, 1, row);
	bool scaled = true;
	for (int i = 0; i < 12; i++)
		scaled &= row[i] == (float)((const uint8_t *)data.images)[12 + i] / 255;
	CHECK(t, scaled, "... and bytes are read as a fraction of 255");
	mn_dataset_free(&data);
	mn_dataset_free(&data);
	mn_stream_free(&stream);

	stream = full_stream(MN_F32);
	if (CHECK(t, mn_dataset_adopt(&data, &stream, &err) == 0 && !stream.name, "a stream in memory is taken over")) {
		mn_dataset_row(&data, 3, row);
		CHECK(t, row[0] == 2.5f && row[11] == 3.875f, "... and floats are read as they are, unclipped");
		mn_dataset_free(&data);
	}
}

/* Data sets as others write them: {header, payload bytes, shape and classes that come out}. The payload is zeros, but for its last byte. */
static const struct {
	const char *what, *header;
	size_t payload;
	uint8_t last;
	int channels, height, width, classes;
} welcome[] = {
        {"images [N, H, W]", "{" TENSOR("images", "U8", "[2,3,4]", "[0,24]") "," TENSOR("labels", "U8", "[2]", "[24,26]") "}", 26, 9, 1, 3,
         4, 10},
        {"images [N, D]", "{" TENSOR("labels", "U8", "[2]", "[24,26]") "," TENSOR("images", "U8", "[2,12]", "[0,24]") "}", 26, 9, 1, 1, 12,
         10},
        {"labels I64", "{" TENSOR("images", "U8", "[1,1,3,5]", "[0,15]") "," TENSOR("labels", "I64", "[1]", "[15,23]") "}", 23, 0, 1, 3, 5,
         10},
        {"more than ten classes", "{" TENSOR("images", "U8", "[2,1]", "[0,2]") "," TENSOR("labels", "U8", "[2]", "[2,4]") "}", 4, 255, 1, 1,
         1, 256},
        {"two named classes",
         "{\"__metadata__\":{\"mn.classes\":\"2\"}," TENSOR("images", "U8", "[2,1]", "[0,2]") "," TENSOR("labels", "U8", "[2]",
                                                                                                         "[2,4]") "}",
         4, 1, 1, 1, 1, 2},
        {"a tensor of one's own",
         "{" TENSOR("images", "U8", "[2,1]", "[0,2]") "," TENSOR("mine", "F64", "[]", "[2,10]") "," TENSOR("labels", "U8", "[2]",
                                                                                                           "[10,12]") "}",
         12, 1, 1, 1, 1, 10},
};

static void test_welcome(struct test *t)
{
	for (size_t i = 0; i < sizeof welcome / sizeof *welcome; i++) {
		struct bytes bytes = made_bytes(welcome[i].header, welcome[i].payload);
		struct mn_stream stream;
		struct mn_dataset data;
		struct mn_error err = {0};
		bytes.at[bytes.n - 1] = (char)welcome[i].last;
		bool read = read_bytes(&stream, bytes, BY_FILE, &err) == 0 && mn_dataset_adopt(&data, &stream, &err) == 0;
		free(bytes.at);
		if (!CHECK(t, read, "welcome: %s %s", welcome[i].what, err.text))
			continue;
		const struct mn_tensor *images = mn_stream_find(&data.stream, "images"), *labels = mn_stream_find(&data.stream, "labels");
		const struct mn_tensor *index = mn_stream_find(&data.stream, "index");
		CHECK(t,
		      data.channels == welcome[i].channels && data.height == welcome[i].height && data.width == welcome[i].width &&
		              data.classes == welcome[i].classes && data.labels[data.rows - 1] == welcome[i].last,
		      "... shape, classes and labels are right");
		CHECK(t,
		      images->rank == 4 && images->shape[3] == data.width && labels->dtype == MN_U8 && labels->data == data.labels &&
		              index && data.index[data.rows - 1] == data.rows - 1,
		      "... in the stream too, and an index is made");
		/* What was put right is written so. */
		struct bytes again = write_bytes(&data.stream, false);
		struct mn_stream back;
		CHECK(t, read_bytes(&back, again, BY_PIPE, &err) == 0 && same_tensors(&data.stream, &back),
		      "... and it is written and read back");
		free(again.at);
		mn_stream_free(&back);
		mn_dataset_free(&data);
	}
}

#define IMAGES  TENSOR("images", "U8", "[2,1,1,4]", "[0,8]")
#define LABELS  TENSOR("labels", "U8", "[2]", "[8,10]")
#define THEN(x) "{" IMAGES "," LABELS "," x "}"

/* Headers and the payload's last byte; the rest of it is zeros. */
static const struct {
	const char *header;
	size_t payload;
	uint8_t last;
	const char *says;
} bad[] = {
        {"{}", 0, 0, "no tensor 'images': not a data set"},
        {"{" IMAGES "}", 8, 0, "no tensor 'labels': not a data set"},
        {"{" TENSOR("images", "F64", "[1,1]", "[0,8]") "}", 8, 0, "'images' is F64, must be U8 or F32"},
        {"{" TENSOR("images", "U8", "[8]", "[0,8]") "}", 8, 0, "'images' has 1 dimensions"},
        {"{" TENSOR("images", "U8", "[1,1,1,1,8]", "[0,8]") "}", 8, 0, "'images' has 5 dimensions"},
        {"{" TENSOR("images", "U8", "[0,1,28,28]", "[0,0]") "," TENSOR("labels", "U8", "[0]", "[0,0]") "}", 0, 0, "has no rows"},
        {"{" TENSOR("images", "U8", "[5,1,0,28]", "[0,0]") "," TENSOR("labels", "U8", "[5]", "[0,5]") "}", 5, 0, "image of 1 x 0 x 28"},
        {"{" TENSOR("images", "U8", "[0,65536,65536]", "[0,0]") "}", 0, 0, "image of 1 x 65536 x 65536"},
        {"{" IMAGES "," TENSOR("labels", "F32", "[2]", "[8,16]") "}", 16, 0, "'labels' must be U8 [2]"},
        {"{" IMAGES "," TENSOR("labels", "U8", "[3]", "[8,11]") "}", 11, 0, "'labels' must be U8 [2]"},
        {"{" IMAGES "," TENSOR("labels", "U8", "[2,1]", "[8,10]") "}", 10, 0, "'labels' must be U8 [2]"},
        {"{" IMAGES "," TENSOR("labels", "I64", "[1]", "[8,16]") "}", 16, 0, "'labels' must be I64 [2]"},
        {"{" IMAGES "," TENSOR("labels", "I64", "[2]", "[8,24]") "}", 24, 0x80, "'labels' has -9223372036854775808 in row 1"},
        {"{" IMAGES "," TENSOR("labels", "I64", "[2]", "[8,24]") "}", 24, 1, "'labels' has 72057594037927936 in row 1"},
        {THEN(TENSOR("index", "U8", "[2]", "[10,12]")), 12, 0, "'index' must be I64 [2]"},
        {THEN(TENSOR("index", "I64", "[1]", "[10,18]")), 18, 0, "'index' must be I64 [2]"},
        {THEN(TENSOR("true_labels", "U8", "[1]", "[10,11]")), 11, 0, "'true_labels' must be U8 [2]"},
        {THEN(TENSOR("label_noise", "U8", "[2]", "[10,12]")), 12, 0, "'label_noise' must be BOOL [2]"},
        {THEN(TENSOR("label_noise", "BOOL", "[2]", "[10,12]")), 12, 2, "'label_noise' has 2 in row 1, a mask is 0 or 1"},
        {THEN(TENSOR("input_noise", "BOOL", "[3]", "[10,13]")), 13, 0, "'input_noise' must be BOOL [2]"},
        {THEN(TENSOR("input_noise", "BOOL", "[2]", "[10,12]")), 12, 255, "'input_noise' has 255 in row 1"},
        {"{\"__metadata__\":{\"mn.kind\":\"model\"}," IMAGES "," LABELS "}", 10, 0, "is a model, not a data set"},
        {"{\"__metadata__\":{\"mn.classes\":\"0\"}," IMAGES "," LABELS "}", 10, 0, "mn.classes is 0, must be 1 to 256"},
        {"{\"__metadata__\":{\"mn.classes\":\"257\"}," IMAGES "," LABELS "}", 10, 0, "mn.classes is 257, must be 1 to 256"},
        {"{\"__metadata__\":{\"mn.classes\":\"ten\"}," IMAGES "," LABELS "}", 10, 0, "mn.classes is 'ten', which is not an integer"},
        {"{\"__metadata__\":{\"mn.classes\":\"3\"}," IMAGES "," LABELS "}", 10, 3, "'labels' has 3 in row 1, the largest class is 2"},
        {"{\"__metadata__\":{\"mn.classes\":\"3\"}," IMAGES "," LABELS "," TENSOR("true_labels", "U8", "[2]", "[10,12]") "}", 12, 3,
         "'true_labels' has 3 in row 1, the largest class is 2"},
};

static void test_bad(struct test *t)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct bytes bytes = made_bytes(bad[i].header, bad[i].payload);
		struct mn_stream stream;
		struct mn_dataset data;
		struct mn_error err = {0};
		if (bad[i].payload > 0)
			bytes.at[bytes.n - 1] = (char)bad[i].last;
		bool refused = read_bytes(&stream, bytes, BY_FILE, &err) == 0 && mn_dataset_adopt(&data, &stream, &err) < 0;
		CHECK(t, refused && err.status == MN_EXIT_FAILED && strstr(err.text, bad[i].says) && !data.stream.name && !stream.name,
		      "refused: %s (%s)", err.text, bad[i].says);
		free(bytes.at);
	}
}

static void test_not_finite(struct test *t)
{
	static const float worse[] = {NAN, INFINITY, -INFINITY};
	for (int i = 0; i < 3; i++) {
		struct mn_stream stream = full_stream(MN_F32);
		struct mn_dataset data;
		struct mn_error err = {0};
		((float *)mn_stream_find(&stream, "images")->data)[29] = worse[i];
		CHECK(t, mn_dataset_adopt(&data, &stream, &err) < 0 && strstr(err.text, "full.st: pixel 5 of row 2 is not finite"),
		      "refused: %s", err.text);
	}
}

int main(void)
{
	struct test t = {0};
	test_full(&t);
	test_welcome(&t);
	test_bad(&t);
	test_not_finite(&t);
	return test_end(&t);
}
