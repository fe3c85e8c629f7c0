/* Streams as the programs use them: writing, reading back, metadata, history, description, columns. */
#include <fcntl.h>

#include "mn/columns.h"
#include "mn/history.h"
#include "stream_bytes.h"
#include "test.h"

static void test_round_trip(struct test *t)
{
	static const char *const way_name[] = {"a file", "a pipe"};
	struct mn_stream stream = sample_stream(), back;
	struct mn_error err;
	for (int gzip = 0; gzip < 2; gzip++) {
		struct bytes bytes = write_bytes(&stream, gzip);
		for (int way = BY_FILE; way <= BY_PIPE; way++) {
			int status = read_bytes(&back, bytes, (enum way)way, &err);
			if (!CHECK(t, status == 0, "a stream%s reads back from %s", gzip ? " in gzip" : "", way_name[way]))
				continue;
			CHECK(t, same_tensors(&stream, &back) && same_tensors(&back, &stream), "... with the same tensors");
			CHECK(t, json_equal(stream.metadata, back.metadata), "... and the same metadata");
			struct bytes again = write_bytes(&back, gzip);
			CHECK(t, again.n == bytes.n && memcmp(again.at, bytes.at, bytes.n) == 0, "... and is written as the same bytes");
			free(again.at);
			mn_stream_free(&back);
		}
		free(bytes.at);
	}
	mn_stream_free(&stream);
}

static void test_layout(struct test *t)
{
	static const char *const order[] = {"rows", "scalar", "empty", "weight", "bytes", "mask"};
	struct mn_stream stream = sample_stream(), back;
	struct mn_error err;
	struct bytes bytes = write_bytes(&stream, false), zipped = write_bytes(&stream, true);
	uint64_t length;
	memcpy(&length, bytes.at, 8);
	CHECK(t, length % 8 == 0, "the header is padded to a multiple of 8");
	CHECK(t, memcmp(bytes.at + 8, "{\"__metadata__\":{\"mn.crc32\":", 28) == 0, "the metadata come first, sorted");
	CHECK(t, memcmp(zipped.at, "\x1f\x8b\x08\0\0\0\0\0\0", 9) == 0, "gzip's header holds no name and no time");
	if (CHECK(t, read_bytes(&back, bytes, BY_FILE, &err) == 0, "the sample reads back")) {
		bool ordered = true, aligned = true;
		for (int i = 0; i < back.count; i++) {
			ordered &= strcmp(back.tensor[i].name, order[i]) == 0;
			aligned &= (uintptr_t)back.tensor[i].data % mn_dtype_size(back.tensor[i].dtype) == 0 && back.tensor[i].inside;
		}
		CHECK(t, ordered, "tensors lie by decreasing element size, then by name");
		CHECK(t, aligned, "every tensor is aligned where it lies");
		mn_stream_free(&back);
	}
	/* The same content, added the other way round. */
	struct mn_stream other;
	if (mn_stream_new(&other, "other", &err) < 0)
		abort();
	for (int i = stream.count - 1; i >= 0; i--) {
		const struct mn_tensor *tensor = &stream.tensor[i];
		memcpy(add_tensor(&other, tensor->name, tensor->dtype, tensor->rank, tensor->shape), tensor->data, tensor->bytes);
	}
	mn_stream_set(&other, "net", "replaced", &err);
	if (mn_stream_set(&other, "dataset", mn_stream_get(&stream, "dataset", ""), &err) < 0 ||
	    mn_stream_set(&other, "net", "mlp:512", &err) < 0)
		abort();
	struct bytes again = write_bytes(&other, false);
	CHECK(t, again.n == bytes.n && memcmp(again.at, bytes.at, bytes.n) == 0, "the order of adding does not show");
	free(again.at);
	free(bytes.at);
	free(zipped.at);
	mn_stream_free(&other);
	mn_stream_free(&stream);
}

static void test_tensors(struct test *t)
{
	struct mn_stream stream = sample_stream();
	struct mn_error err;
	CHECK(t, !mn_stream_add(&stream, "rows", MN_U8, 0, NULL, &err) && strstr(err.text, "'rows'"),
	      "a second tensor of a name is refused");
	CHECK(t, !mn_stream_add(&stream, "__metadata__", MN_U8, 0, NULL, &err), "a tensor cannot be called __metadata__");
	CHECK(t, !mn_stream_add(&stream, "large", MN_F64, 2, (int64_t[]){INT64_MAX, 3}, &err), "a shape that overflows is refused");
	CHECK(t, !mn_stream_add(&stream, "less", MN_F64, 1, (int64_t[]){-1}, &err), "a negative size is refused");
	int count = stream.count;
	mn_stream_remove(&stream, "bytes");
	mn_stream_remove(&stream, "absent");
	CHECK(t, stream.count == count - 1 && !mn_stream_find(&stream, "bytes") && mn_stream_find(&stream, "scalar"),
	      "a tensor is removed, the others stay");
	struct mn_tensor digits = {.data = (char[]){"123456789"}, .bytes = 9};
	CHECK(t, mn_tensor_crc(&digits) == 0xcbf43926u, "the checksum is CRC-32 (its check value)");
	mn_stream_free(&stream);
	mn_stream_free(&stream);
}

static void test_metadata(struct test *t)
{
	struct mn_stream stream = sample_stream(), model;
	struct mn_error err;
	int64_t whole = -1;
	double real = -1;
	CHECK(t, strcmp(mn_stream_get(&stream, "net", ""), "mlp:512") == 0, "a key is found without its prefix");
	CHECK(t, strcmp(mn_stream_get(&stream, "absent", "fallback"), "fallback") == 0, "a missing key gives the fallback");
	CHECK(t,
	      mn_stream_setf(&stream, &err, "classes", "%d", 10) == 0 && mn_stream_get_int(&stream, "classes", 3, &whole, &err) == 0 &&
	              whole == 10,
	      "an integer is set and got");
	CHECK(t, mn_stream_get_int(&stream, "absent", 3, &whole, &err) == 0 && whole == 3, "a missing integer gives the fallback");
	CHECK(t, mn_stream_set(&stream, "lr", "0.05", &err) == 0 && mn_stream_get_real(&stream, "lr", 0, &real, &err) == 0 && real == 0.05,
	      "a real number is got");
	CHECK(t, mn_stream_get_real(&stream, "absent", 0.5, &real, &err) == 0 && real == 0.5, "a missing one gives the fallback");
	mn_stream_set(&stream, "epoch", "3x2", &err);
	CHECK(t, mn_stream_get_int(&stream, "epoch", 0, &whole, &err) < 0 && strstr(err.text, "sample: mn.epoch is '3x2'"),
	      "3x2 is no integer: %s", err.text);
	CHECK(t, mn_stream_get_real(&stream, "epoch", 0, &real, &err) < 0 && strstr(err.text, "mn.epoch"), "nor a number: %s", err.text);
	CHECK(t, mn_stream_set(&stream, "net", "\xff", &err) < 0, "what is not UTF-8 is refused: %s", err.text);

	if (mn_stream_new(&model, "model", &err) < 0 || mn_stream_set(&model, "net", "own", &err) < 0 ||
	    mn_stream_set(&stream, "kind", "dataset", &err) < 0)
		abort();
	CHECK(t,
	      mn_stream_inherit(&model, &stream, &err) == 0 && strcmp(mn_stream_get(&model, "classes", ""), "10") == 0 &&
	              strcmp(mn_stream_get(&model, "net", ""), "own") == 0 && !mn_stream_get(&model, "kind", NULL),
	      "inheriting adds what is missing, and never the kind");
	mn_stream_free(&model);
	mn_stream_free(&stream);
}

static void test_history(struct test *t)
{
	struct mn_stream stream = sample_stream();
	const struct mn_stream *inputs[] = {&stream, &stream};
	struct mn_error err;
	char want[64];
	CHECK(t, mn_history_append(&stream, "mn-fetch", "mn-fetch mnist", 0, NULL, 0, NULL, &err) == 0, "a history begins");
	CHECK(t, mn_history_append(&stream, "mn-train", "mn-train --lr 0.1", 7, inputs, 2, "OpenBLAS 0.3 Core", &err) == 0,
	      "... and goes on");
	json_t *history = json_loads(mn_stream_get(&stream, "history", ""), 0, NULL);
	const json_t *first = json_array_get(history, 0), *second = json_array_get(history, 1);
	CHECK(t, json_array_size(history) == 2 && strcmp(json_string_value(json_object_get(first, "program")), "mn-fetch") == 0,
	      "the oldest program comes first");
	CHECK(t, !json_object_get(first, "blas") && json_object_get(second, "blas"), "the BLAS is named where numbers depend on it");
	CHECK(t, json_integer_value(json_object_get(second, "seed")) == 7 && json_array_size(json_object_get(second, "inputs")) == 2,
	      "seed and inputs are kept");
	CHECK(t,
	      json_integer_value(json_object_get(json_array_get(json_object_get(second, "inputs"), 1), "weight")) ==
	              (json_int_t)mn_tensor_crc(mn_stream_find(&stream, "weight")),
	      "an input is given by the CRCs of its tensors");
	json_decref(history);

	mn_stream_set(&stream, "dataset", "red\x1b[31m", &err);
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);
	CHECK(t, mn_stream_describe(&stream, file, &err) == 0 && fclose(file) == 0, "a stream is described");
	snprintf(want, sizeof want, "weight:%08x", mn_tensor_crc(mn_stream_find(&stream, "weight")));
	CHECK(t,
	      strstr(text, "F32  [2, 1, 3]  24 bytes") && strstr(text, "mlp:512") && strstr(text, "mn-train --lr 0.1") &&
	              strstr(text, want),
	      "... with tensors, parameters, history and inputs");
	CHECK(t, strstr(text, "red\\x1b[31m") && !strchr(text, 0x1b), "... and without control characters");
	free(text);

	mn_history_remove(&stream);
	CHECK(t, !mn_stream_get(&stream, "history", NULL), "a history is removed");
	mn_stream_set(&stream, "history", "{}", &err);
	CHECK(t, mn_history_append(&stream, "mn-eval", "mn-eval", 0, NULL, 0, NULL, &err) < 0 && strstr(err.text, "mn.history"),
	      "a history that is no array is refused: %s", err.text);
	mn_stream_free(&stream);
}

static void test_columns(struct test *t)
{
	struct mn_stream stream = sample_stream();
	char *text = NULL;
	size_t length;
	struct mn_csv csv = {.file = open_memstream(&text, &length)};
	mn_columns_header(&csv);
	mn_csv_end(&csv);
	mn_columns_write(&csv, &stream);
	mn_csv_end(&csv);
	fclose(csv.file);
	static const char want[] =
	        "dataset,train_size,label_noise,label_kind,input_noise,input_kind,moments,data_seed,net,width,parameters,"
	        "input,init,batch,lr,lr_halve_every,momentum,weight_decay,dropout,input_dropout,gaussian_noise,seed,epoch";
	CHECK(t, strncmp(text, want, sizeof want - 1) == 0 && mn_columns_count() == 23, "the shared columns stand as documented");
	CHECK(t, strstr(text, "\"na\xc3\xafve \"\"quoted\"\"\",,0,none,0,none,none,,mlp:512,,,unit,,,,0,0,0,0,0,0,,"),
	      "a row takes the metadata, and defaults where there are none");
	free(text);
	mn_stream_free(&stream);
}

static void test_header_alone(struct test *t)
{
	struct mn_stream stream = sample_stream(), back;
	struct mn_error err;
	struct bytes bytes = write_bytes(&stream, false);
	int fd;
	char path[64];
	offer(bytes, BY_PIPE, &fd, path);
	CHECK(t, mn_stream_read_header(&back, path, &err) == 0, "a header is read alone");
	CHECK(t, back.count == stream.count && !back.tensor[0].data && !back.payload, "... and no payload");
	close(fd);
	mn_stream_free(&back);
	bytes.n--;
	offer(bytes, BY_FILE, &fd, path);
	CHECK(t, mn_stream_read_header(&back, path, &err) < 0 && strstr(err.text, "tensor 'mask' ends at byte"),
	      "a file too short is seen all the same: %s", err.text);
	close(fd);
	free(bytes.at);
	FILE *full = fopen("/dev/full", "w");
	if (full) {
		setbuf(full, NULL);
		CHECK(t, mn_stream_write(&stream, full, false, &err) < 0, "a full device is an error: %s", err.text);
		CHECK(t, mn_stream_write(&stream, full, true, &err) < 0, "... in gzip too: %s", err.text);
		fclose(full);
	}
	mn_stream_free(&stream);
}

int main(void)
{
	struct test t = {0};
	test_round_trip(&t);
	test_layout(&t);
	test_tensors(&t);
	test_metadata(&t);
	test_history(&t);
	test_columns(&t);
	test_header_alone(&t);
	return test_end(&t);
}
