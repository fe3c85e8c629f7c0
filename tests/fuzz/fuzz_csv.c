/* Any bytes as CSV: refused, or written as CSV that reads back as the same fields. */
#include "bytes.h"
#include "mn/csv.h"
#include "mn/rows.h"

/* The fields of all records, one after the other, each with its NUL; a record ends with an empty line. */
struct fields {
	FILE *to;
	struct mn_csv copy; /* written as CSV again; file NULL: not wanted */
	const char *path;
	int64_t line, records;
};

static int take(void *arg, char **field, int count, int64_t line, struct mn_error *err)
{
	struct fields *fields = arg;
	(void)err;
	DEMAND(count > 0 && line >= fields->line); /* a lone CR ends a record, not a line */
	fields->line = line;
	fields->records++;
	for (int i = 0; i < count; i++) {
		fwrite(field[i], 1, strlen(field[i]) + 1, fields->to);
		if (fields->copy.file)
			mn_csv_text(&fields->copy, field[i]);
	}
	if (fields->copy.file)
		mn_csv_end(&fields->copy);
	putc('\n', fields->to);
	return 0;
}

/* The fields of a text, or NULL where it is refused; *copy, if wanted, gets them as CSV again. */
static char *read_fields(const char *text, size_t size, size_t *length, char **copy, size_t *copy_size)
{
	char *result = NULL;
	struct mn_error err = {0};
	FILE *file = fmemopen((char *)text, size, "r");
	struct fields fields = {.to = open_memstream(&result, length)};
	if (copy)
		fields.copy.file = open_memstream(copy, copy_size);
	DEMAND(file && fields.to && (!copy || fields.copy.file));
	int status = mn_csv_read(file, "name", take, &fields, &err);
	fclose(file);
	fclose(fields.to);
	if (copy)
		fclose(fields.copy.file);
	if (status == 0)
		return result;
	demand_refusal(&err, "name: ");
	free(result);
	return NULL;
}

/* --- the same as a table */

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	*(int *)arg = header->count;
	for (int i = 0; i < header->count; i++)
		DEMAND(mn_rows_optional(header, header->name[i]) == i || header->name[i][0] == '\0');
	return mn_rows_column(header, header->name[header->count - 1], err) < 0 ? -1 : 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	double value;
	for (int i = 0; i < *(int *)arg; i++)
		if (mn_rows_number(field[i], "column", place, &value, err))
			*err = (struct mn_error){0};
	return 0;
}

static void read_table(const char *path)
{
	static const char *const where[] = {"a=1"};
	struct mn_error err = {0};
	struct mn_source source = {.file = &path, .files = 1, .where = where, .wheres = 1};
	int columns = 0;
	if (mn_rows_read(&source, begin, row, &columns, &err))
		demand_refusal(&err, path);
}

static void read_names(const char *path)
{
	struct mn_names names;
	struct mn_error err = {0};
	if (mn_names_read(&names, path, &err)) {
		demand_refusal(&err, path);
		return;
	}
	for (int i = 0; i < names.count; i++)
		DEMAND(names.name[i][0] != '\0');
	mn_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char path[32], *copy = NULL;
	size_t length, copy_size = 0, again_length;
	if (size == 0) /* fmemopen takes none */
		return 0;
	int fd = bytes_open_file(bytes, size, path);
	read_table(path);
	read_names(path);
	close(fd);
	char *fields = read_fields((const char *)bytes, size, &length, &copy, &copy_size);
	if (fields && copy_size > 0) {
		char *again = read_fields(copy, copy_size, &again_length, NULL, NULL);
		DEMAND(again && again_length == length && memcmp(again, fields, length) == 0);
		free(again);
	}
	free(fields);
	free(copy);
	return 0;
}
