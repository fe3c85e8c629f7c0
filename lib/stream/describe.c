#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "mn/stream.h"

/* Text from a file goes to a terminal: control characters must not. */
static void put_text(FILE *file, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c < 0x20 || *c == 0x7f)
			fprintf(file, "\\x%02x", *c);
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) /* U+0080 to U+009F */
			fprintf(file, "\\x%02x", *++c);
		else
			putc(*c, file);
	}
}

static void put_padded(FILE *file, const char *text, size_t width)
{
	put_text(file, text);
	for (size_t n = strlen(text); n < width; n++)
		putc(' ', file);
}

static void put_tensors(const struct mn_stream *stream, FILE *file)
{
	size_t width = 0, length;
	for (int i = 0; i < stream->count; i++) {
		length = strlen(stream->tensor[i].name);
		width = length > width && length <= 40 ? length : width;
	}
	fputs("\ntensors\n", file);
	for (int i = 0; i < stream->count; i++) {
		const struct mn_tensor *tensor = &stream->tensor[i];
		fputs("  ", file);
		put_padded(file, tensor->name, width);
		fprintf(file, "  %-4s [", mn_dtype_name(tensor->dtype));
		for (int d = 0; d < tensor->rank; d++)
			fprintf(file, "%s%" PRId64, d ? ", " : "", tensor->shape[d]);
		fprintf(file, "]  %zu bytes\n", tensor->bytes);
	}
}

static void put_parameters(const struct mn_stream *stream, FILE *file)
{
	static const char *const elsewhere[] = {"mn.kind", "mn.format", "mn.crc32", "mn.history"};
	const char *key;
	json_t *value;
	size_t width = 0, length;
	json_object_foreach (stream->metadata, key, value) {
		length = strlen(key);
		width = length > width && length <= 40 ? length : width;
	}
	fputs("\nparameters\n", file);
	json_object_foreach (stream->metadata, key, value) {
		bool skip = false;
		for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
			skip |= strcmp(key, elsewhere[i]) == 0;
		if (skip)
			continue;
		fputs("  ", file);
		put_padded(file, key, width);
		fputs("  ", file);
		put_text(file, json_string_value(value));
		putc('\n', file);
	}
}

static void put_step(const json_t *step, size_t number, FILE *file)
{
	static const char *const words[] = {"program", "version", "blas"};
	fprintf(file, "  %zu", number);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *word = json_string_value(json_object_get(step, words[i]));
		if (word) {
			fputs(i == 2 ? ", " : " ", file);
			put_text(file, word);
		}
	}
	const char *command = json_string_value(json_object_get(step, "command"));
	fputs("\n    ", file);
	put_text(file, command ? command : "(no command)");
	putc('\n', file);
	const json_t *input;
	size_t i;
	json_array_foreach (json_object_get(step, "inputs"), i, input) {
		const char *name;
		json_t *crc;
		fputs("    input", file);
		json_object_foreach ((json_t *)input, name, crc) {
			putc(' ', file);
			put_text(file, name);
			fprintf(file, ":%08" PRIx64, (uint64_t)json_integer_value(crc));
		}
		putc('\n', file);
	}
}

static int put_history(const struct mn_stream *stream, FILE *file, struct mn_error *err)
{
	json_t *history = mn_stream_get_json(stream, "history", "[]", err);
	if (!history)
		return -1;
	if (!json_is_array(history)) {
		json_decref(history);
		return mn_fail(err, "%s: mn.history is not a JSON array", stream->name);
	}
	const json_t *step;
	size_t i;
	if (json_array_size(history) > 0)
		fputs("\nhistory\n", file);
	json_array_foreach (history, i, step)
		put_step(step, i + 1, file);
	json_decref(history);
	return 0;
}

int mn_stream_describe(const struct mn_stream *stream, FILE *file, struct mn_error *err)
{
	uint64_t bytes = 0;
	for (int i = 0; i < stream->count; i++)
		bytes += stream->tensor[i].bytes;
	put_text(file, stream->name);
	fputs(": ", file);
	put_text(file, mn_stream_get(stream, "kind", "stream of no declared kind"));
	fprintf(file, ", %d tensors, %" PRIu64 " bytes\n", stream->count, bytes);
	put_tensors(stream, file);
	put_parameters(stream, file);
	if (put_history(stream, file, err) < 0)
		return -1;
	return ferror(file) ? mn_fail(err, "cannot write: %s", strerror(errno)) : 0;
}
