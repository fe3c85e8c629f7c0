/* Streams that are cut, damaged or made to harm: each is refused with a line that says why, and takes no memory to speak of. */
#include <sys/resource.h>
#include <sys/wait.h>

#include "stream_bytes.h"
#include "test.h"

static const char *const way_name[] = {"file", "pipe"};

/* Every proper prefix of the bytes is refused. */
static void check_cuts(struct test *t, struct bytes bytes, const char *what)
{
	for (int way = BY_FILE; way <= BY_PIPE; way++) {
		size_t accepted = 0, silent = 0;
		for (size_t n = 0; n < bytes.n; n++) {
			struct mn_stream back;
			struct mn_error err = {0};
			accepted += read_bytes(&back, (struct bytes){bytes.at, n}, (enum way)way, &err) == 0;
			silent += !strstr(err.text, "/proc/self/fd/") || strlen(err.text) < 25 || back.name;
		}
		CHECK(t, accepted == 0 && silent == 0, "%s cut after any of its %zu bytes is refused (%s)", what, bytes.n, way_name[way]);
	}
}

static void test_cuts(struct test *t)
{
	struct mn_stream stream = sample_stream(), back;
	struct mn_error err;
	struct bytes plain = write_bytes(&stream, false), zipped = write_bytes(&stream, true);
	check_cuts(t, plain, "a stream");
	check_cuts(t, zipped, "a stream in gzip");
	CHECK(t,
	      read_bytes(&back, (struct bytes){plain.at, plain.n - 4}, BY_FILE, &err) < 0 &&
	              strstr(err.text, "tensor 'bytes' ends at byte"),
	      "the message names the first tensor that is cut: %s", err.text);
	free(plain.at);
	free(zipped.at);
	mn_stream_free(&stream);
}

/* Each bit turned over: refused, or the tensors are what they were (a blank of the padding, a word of metadata). */
static void check_flips(struct test *t, const struct mn_stream *stream, struct bytes bytes, const char *what)
{
	size_t harmful = 0, refused = 0;
	for (size_t bit = 0; bit < 8 * bytes.n; bit++) {
		struct mn_stream back;
		struct mn_error err = {0};
		bytes.at[bit / 8] ^= (char)(1 << bit % 8);
		if (read_bytes(&back, bytes, BY_FILE, &err) < 0) {
			refused++;
		} else {
			harmful += !same_tensors(stream, &back);
			mn_stream_free(&back);
		}
		bytes.at[bit / 8] ^= (char)(1 << bit % 8);
	}
	CHECK(t, harmful == 0, "%s with a bit turned over is refused (%zu) or the tensors are the same (%zu)", what, refused,
	      8 * bytes.n - refused);
	CHECK(t, refused > 4 * bytes.n, "... and most are refused");
}

static void test_flips(struct test *t)
{
	struct mn_stream stream = sample_stream();
	struct bytes plain = write_bytes(&stream, false), zipped = write_bytes(&stream, true);
	check_flips(t, &stream, plain, "a stream");
	check_flips(t, &stream, zipped, "a stream in gzip");
	free(plain.at);
	free(zipped.at);
	mn_stream_free(&stream);
}

#define TENSOR(name, dtype, shape, offsets) "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct {
	const char *header;
	size_t payload;
	const char *says;
} bad[] = {
        {"", 0, "does not begin with {"},
        {"[]", 0, "does not begin with {"},
        {" {}", 0, "does not begin with {"},
        {"{", 0, "header:"},
        {"{}x", 0, "header:"},
        {"{\"a\":\"\xff\"}", 0, "header:"},
        {"{" TENSOR("a\\u0000b", "U8", "[1]", "[0,1]") "}", 1, "header:"},
        {"{\"a\":1}", 0, "tensor 'a' needs"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1, "tensor 'a' needs"},
        {"{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"more\":1}}", 1, "tensor 'a' needs"},
        {"{" TENSOR("a", "BF16", "[1]", "[0,2]") "}", 2, "tensor 'a' has dtype BF16"},
        {"{" TENSOR("a", "u8", "[1]", "[0,1]") "}", 1, "tensor 'a' has dtype u8"},
        {"{" TENSOR("a", "U8", "[1.0]", "[0,1]") "}", 1, "tensor 'a': a shape"},
        {"{" TENSOR("a", "U8", "[-1]", "[0,1]") "}", 1, "tensor 'a': a shape"},
        {"{" TENSOR("a", "U8", "[[1]]", "[0,1]") "}", 1, "tensor 'a': a shape"},
        {"{" TENSOR("a", "U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, "tensor 'a' has 9 dimensions"},
        {"{" TENSOR("a", "F64", "[9223372036854775807,4]", "[0,32]") "}", 32, "tensor 'a' has a shape too large"},
        {"{" TENSOR("a", "U8", "[4294967296,4294967296]", "[0,0]") "}", 0, "tensor 'a' has a shape too large"},
        {"{" TENSOR("a", "U8", "[9223372036854775808]", "[0,1]") "}", 1, "header:"},
        {"{" TENSOR("a", "U8", "[2]", "[0,1]") "}", 1, "tensor 'a' has 1 bytes between its offsets, its dtype and shape need 2"},
        {"{" TENSOR("a", "U8", "[1]", "[0,1,2]") "}", 1, "tensor 'a': data_offsets"},
        {"{" TENSOR("a", "U8", "[1]", "[0,true]") "}", 1, "tensor 'a': data_offsets"},
        {"{" TENSOR("a", "U8", "[1]", "[1,0]") "}", 1, "tensor 'a' has impossible offsets"},
        {"{" TENSOR("a", "U8", "[1]", "[-1,0]") "}", 1, "tensor 'a' has impossible offsets"},
        {"{" TENSOR("a", "U8", "[2]", "[1,3]") "}", 3, "a hole of 1 bytes before tensor 'a'"},
        {"{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("b", "U8", "[2]", "[3,5]") "}", 5, "a hole of 1 bytes before tensor 'b'"},
        {"{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("b", "U8", "[2]", "[1,3]") "}", 3, "tensors 'a' and 'b' overlap"},
        {"{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("b", "U8", "[2]", "[0,2]") "}", 2, "tensors 'a' and 'b' overlap"},
        {"{" TENSOR("a", "U8", "[2]", "[0,2]") "," TENSOR("a", "U8", "[2]", "[2,4]") "}", 4, "duplicate"},
        {"{" TENSOR("a", "U8", "[2]", "[0,2]") "}", 3, "the last tensor ends at byte"},
        {"{}", 1, "the last tensor ends at byte"},
        {"{" TENSOR("a", "U8", "[9]", "[0,9]") "}", 8, "tensor 'a' ends at byte 70, file has 69"},
        {"{" TENSOR("\\u001b[2J", "U8", "[9]", "[0,9]") "}", 8, "tensor '?[2J' ends"},
        {"{\"__metadata__\":[]}", 0, "__metadata__ is not an object"},
        {"{\"__metadata__\":{\"mn.classes\":10}}", 0, "metadata 'mn.classes' is not a string"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "duplicate"},
        {"{\"__metadata__\":{\"mn.format\":\"2\"}}", 0, "mn.format is '2', this version reads 1"},
        {"{\"__metadata__\":{\"mn.crc32\":\"7\"}}", 0, "mn.crc32 is not JSON"},
        {"{\"__metadata__\":{\"mn.crc32\":\"[]\"}}", 0, "mn.crc32 is not a JSON object"},
        {"{\"__metadata__\":{\"mn.crc32\":\"{\\\"a\\\":0}\"}}", 0, "mn.crc32 names 1 tensors, the stream has 0"},
        {"{\"__metadata__\":{\"mn.crc32\":\"{}\"}," TENSOR("a", "U8", "[2]", "[0,2]") "}", 2, "mn.crc32 has no number for tensor 'a'"},
        {"{\"__metadata__\":{\"mn.crc32\":\"{\\\"a\\\":7}\"}," TENSOR("a", "U8", "[2]", "[0,2]") "}", 2, "tensor 'a' is damaged"},
};

static void test_bad_headers(struct test *t)
{
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		for (int way = BY_FILE; way <= BY_PIPE; way++) {
			struct bytes bytes = made_bytes(bad[i].header, bad[i].payload);
			struct mn_stream back;
			struct mn_error err = {0};
			int status = read_bytes(&back, bytes, (enum way)way, &err);
			CHECK(t, status < 0 && err.status == MN_EXIT_FAILED && strstr(err.text, bad[i].says), "refused (%s): %s",
			      way_name[way], err.text);
			free(bytes.at);
		}
	}
}

static void test_others_streams(struct test *t)
{
	struct mn_stream back;
	struct mn_error err = {0};
	struct bytes bytes = made_bytes("{" TENSOR("a", "U8", "[3]", "[0,3]") "," TENSOR("b", "F32", "[2]", "[3,11]") "}", 11);
	float two[2] = {1.5f, -2};
	memcpy(bytes.at + bytes.n - 8, two, 8);
	if (CHECK(t, read_bytes(&back, bytes, BY_PIPE, &err) == 0, "a stream whose tensors lie askew is read")) {
		const struct mn_tensor *b = mn_stream_find(&back, "b");
		CHECK(t, (uintptr_t)b->data % 4 == 0 && memcmp(b->data, two, 8) == 0, "... and its tensors stand straight in memory");
		mn_stream_free(&back);
	}
	free(bytes.at);
	bytes = made_bytes("{}", 0);
	CHECK(t, read_bytes(&back, bytes, BY_FILE, &err) == 0 && back.count == 0, "a stream without tensors is one");
	mn_stream_free(&back);
	free(bytes.at);
	/* A header of 559903 blanks and braces begins like gzip. */
	char *header = malloc(559904);
	memset(header, ' ', 559903);
	memcpy(header, "{}", 2);
	header[559903] = 0;
	bytes = made_bytes(header, 0);
	CHECK(t,
	      bytes.at[0] == 0x1f && (unsigned char)bytes.at[1] == 0x8b && bytes.at[2] == 8 && read_bytes(&back, bytes, BY_FILE, &err) == 0,
	      "a header length that looks like gzip is none");
	mn_stream_free(&back);
	free(bytes.at);
	free(header);
}

static void test_gzip(struct test *t)
{
	struct mn_stream stream = sample_stream(), back;
	struct mn_error err = {0};
	struct bytes zipped = write_bytes(&stream, true);
	char *twice = malloc(2 * zipped.n);
	memcpy(twice, zipped.at, zipped.n);
	memcpy(twice + zipped.n, zipped.at, zipped.n);
	for (int way = BY_FILE; way <= BY_PIPE; way++) {
		CHECK(t,
		      read_bytes(&back, (struct bytes){twice, 2 * zipped.n}, (enum way)way, &err) < 0 &&
		              strstr(err.text, "second gzip member"),
		      "refused (%s): %s", way_name[way], err.text);
		twice[zipped.n] = 0;
		CHECK(t, read_bytes(&back, (struct bytes){twice, zipped.n + 1}, (enum way)way, &err) < 0 && strstr(err.text, "garbage"),
		      "refused (%s): %s", way_name[way], err.text);
		CHECK(t, read_bytes(&back, (struct bytes){twice, zipped.n - 8}, (enum way)way, &err) < 0 && strstr(err.text, "cut short"),
		      "refused (%s): %s", way_name[way], err.text);
		twice[zipped.n] = 0x1f;
	}
	twice[zipped.n - 5] ^= 1; /* in gzip's own CRC */
	CHECK(t, read_bytes(&back, (struct bytes){twice, zipped.n}, BY_FILE, &err) < 0 && strstr(err.text, "damaged gzip data"),
	      "refused: %s", err.text);
	free(twice);
	free(zipped.at);
	mn_stream_free(&stream);
}

/* Declares more than any machine has: refused by what the input really holds. In a process that may have no more than `most` bytes. */
static bool refused_in(rlim_t most, struct bytes bytes, enum way way, const char *says)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct mn_stream back;
		struct mn_error err = {0};
#ifndef __SANITIZE_ADDRESS__ /* which maps terabytes itself */
		if (setrlimit(RLIMIT_AS, &(struct rlimit){most, most}) < 0)
			_exit(2);
#endif
		(void)most;
		_exit(read_bytes(&back, bytes, way, &err) < 0 && strstr(err.text, says) ? 0 : 1);
	}
	int status;
	return waitpid(child, &status, 0) == child && status == 0;
}

static void test_memory(struct test *t)
{
	enum { MOST = 64 << 20 };
	static const char *const huge[] = {
	        "{" TENSOR("a", "U8", "[9223372036854775807]", "[0,9223372036854775807]") "}",
	        "{" TENSOR("a", "F64", "[1073741824]", "[0,8589934592]") "}",
	};
	for (int way = BY_FILE; way <= BY_PIPE; way++) {
		for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
			struct bytes bytes = made_bytes(huge[i], 100);
			CHECK(t, refused_in(MOST, bytes, (enum way)way, "tensor 'a' ends at byte"), "%s is refused within 64 MiB (%s)",
			      huge[i], way_name[way]);
			free(bytes.at);
		}
		struct bytes bytes = made_bytes("{}", 0);
		memcpy(bytes.at, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		CHECK(t, refused_in(MOST, bytes, (enum way)way, "declares a header of 18446744073709551615 bytes"),
		      "a header of 16 EiB is refused (%s)", way_name[way]);
		memcpy(bytes.at, "\0\xe1\xf5\x05\0\0\0\0", 8);
		CHECK(t, refused_in(MOST, bytes, (enum way)way, "the header ends at byte 100000008, file has 10"),
		      "a header of 100 MB that is not there takes no 100 MB (%s)", way_name[way]);
		free(bytes.at);
	}
}

int main(void)
{
	struct test t = {0};
	test_cuts(&t);
	test_flips(&t);
	test_bad_headers(&t);
	test_others_streams(&t);
	test_gzip(&t);
	test_memory(&t);
	return test_end(&t);
}
