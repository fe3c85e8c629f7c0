#include "mn/csv.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/numbers.h"

static void begin_field(struct mn_csv *csv, bool empty)
{
	if (csv->begun)
		putc(',', csv->file);
	csv->lone_empty = !csv->begun && empty;
	csv->begun = true;
}

void mn_csv_text(struct mn_csv *csv, const char *text)
{
	if (!text)
		text = "";
	size_t length = strlen(text);
	begin_field(csv, length == 0);
	/* csv_fwrite quotes whatever it gets; a reader may strip unquoted blanks at the ends. */
	bool quote = text[strcspn(text, ",\"\r\n")] || (length && (strchr(" \t", text[0]) || strchr(" \t", text[length - 1])));
	if (quote)
		csv_fwrite(csv->file, text, length);
	else
		fputs(text, csv->file);
}

void mn_csv_real(struct mn_csv *csv, double value)
{
	char text[MN_NUMBER_SIZE];
	mn_format_real(text, 9, value);
	begin_field(csv, false);
	fputs(text, csv->file);
}

void mn_csv_int(struct mn_csv *csv, int64_t value)
{
	begin_field(csv, false);
	fprintf(csv->file, "%lld", (long long)value);
}

void mn_csv_empty(struct mn_csv *csv)
{
	begin_field(csv, true);
}

void mn_csv_ratio(struct mn_csv *csv, int64_t part, int64_t count)
{
	if (count == 0)
		mn_csv_empty(csv);
	else
		mn_csv_real(csv, (double)part / (double)count);
}

void mn_csv_end(struct mn_csv *csv)
{
	/* A row of one empty field would be a blank line, which readers skip. */
	fputs(csv->lone_empty ? "\"\"\n" : "\n", csv->file);
	csv->begun = csv->lone_empty = false;
}

int mn_csv_flush(struct mn_csv *csv, const char *path, struct mn_error *err)
{
	mn_csv_end(csv);
	if (fflush(csv->file) != 0)
		return mn_fail(err, "%s: %s", path, strerror(errno));
	return ferror(csv->file) ? mn_fail(err, "%s: write error", path) : 0;
}

/* The record that is being read: its fields one after the other, each with its NUL. */
struct record {
	char *text;
	size_t used, room;
	size_t *start; /* of each field, in text */
	char **field;
	int count, fields_room;
	int64_t line, newlines; /* its first line, and the line ends inside its fields */
	mn_csv_row_fn *row;
	void *arg;
	const char *path;
	struct mn_error *err;
	bool stopped;
};

static void stop_for_memory(struct record *record, size_t bytes)
{
	mn_fail_memory(record->err, record->path, bytes);
	record->stopped = true;
}

static bool make_room(struct record *record, size_t length)
{
	if (record->used + length > record->room) {
		size_t room = 2 * (record->used + length);
		char *text = realloc(record->text, room);
		if (!text) {
			stop_for_memory(record, room);
			return false;
		}
		record->text = text;
		record->room = room;
	}
	if (record->count == record->fields_room) {
		int fields_room = 2 * record->fields_room + 16;
		size_t *start = realloc(record->start, (size_t)fields_room * sizeof *start);
		if (start)
			record->start = start;
		char **field = realloc(record->field, (size_t)fields_room * sizeof *field);
		if (field)
			record->field = field;
		if (!start || !field) {
			stop_for_memory(record, (size_t)fields_room * sizeof *start);
			return false;
		}
		record->fields_room = fields_room;
	}
	return true;
}

static int64_t count_newlines(const char *text, size_t length)
{
	int64_t count = 0;
	const char *end = text + length;
	while ((text = memchr(text, '\n', (size_t)(end - text)))) {
		count++;
		text++;
	}
	return count;
}

static void take_field(void *text, size_t length, void *arg)
{
	struct record *record = arg;
	if (record->stopped || !make_room(record, length + 1))
		return;
	record->start[record->count++] = record->used;
	if (length)
		memcpy(record->text + record->used, text, length);
	record->text[record->used + length] = '\0';
	record->used += length + 1;
	record->newlines += length ? count_newlines(text, length) : 0;
}

/* Called at every line end, \r and \n apart; between those two and on blank lines the record has no field. */
static void take_line_end(int end, void *arg)
{
	struct record *record = arg;
	if (record->stopped)
		return;
	for (int i = 0; i < record->count; i++)
		record->field[i] = record->text + record->start[i];
	if (record->count && record->row(record->arg, record->field, record->count, record->line, record->err) != 0)
		record->stopped = true;
	record->line += record->newlines + (end == '\n');
	record->used = 0;
	record->newlines = 0;
	record->count = 0;
}

static int read_chunks(struct csv_parser *parser, FILE *file, struct record *record)
{
	static const size_t size = 1 << 16;
	struct mn_error *err = record->err;
	int64_t line = 1;
	char *chunk = malloc(size);
	char last = '\n';
	size_t length;
	if (!chunk)
		return mn_fail_memory(err, record->path, size);
	while (!record->stopped && (length = fread(chunk, 1, size, file)) > 0) {
		const char *nul = memchr(chunk, '\0', length);
		size_t good = nul ? (size_t)(nul - chunk) : length;
		size_t parsed = csv_parse(parser, chunk, good, take_field, take_line_end, record);
		if (record->stopped)
			break;
		line += count_newlines(chunk, parsed);
		if (parsed < good && csv_error(parser) != CSV_EPARSE)
			stop_for_memory(record, length);
		else if (parsed < good)
			mn_fail(err, "%s: line %lld: a quote in the wrong place", record->path, (long long)line);
		else if (nul)
			mn_fail(err, "%s: line %lld: a NUL byte; this is not CSV", record->path, (long long)line);
		record->stopped = record->stopped || parsed < length;
		last = chunk[length - 1];
	}
	free(chunk);
	if (record->stopped)
		return -1;
	if (ferror(file))
		return mn_fail(err, "%s: %s", record->path, strerror(errno));
	if (csv_fini(parser, take_field, take_line_end, record) != 0)
		return mn_fail(err, "%s: line %lld: the file ends inside quotes", record->path, (long long)record->line);
	if (!record->stopped && last != '\n')
		return mn_fail(err, "%s: line %lld: the last line does not end; is the file whole?", record->path, (long long)line);
	return record->stopped ? -1 : 0;
}

int mn_csv_read(FILE *file, const char *path, mn_csv_row_fn *row, void *arg, struct mn_error *err)
{
	struct csv_parser parser;
	struct record record = {.row = row, .arg = arg, .path = path, .err = err, .line = 1};
	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
		return mn_fail(err, "%s: cannot start the CSV reader", path);
	int failed = read_chunks(&parser, file, &record);
	csv_free(&parser);
	free(record.text);
	free(record.start);
	free(record.field);
	return failed;
}
