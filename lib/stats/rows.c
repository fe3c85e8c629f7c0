#include "mn/rows.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mn/csv.h"
#include "mn/numbers.h"

/* A condition --where COLUMN=VALUE, once the header is known. */
struct condition {
	int column;
	const char *value;
	bool numeric;
	double number;
};

struct reader {
	const struct mn_source *source;
	struct mn_header header;
	struct condition *condition;
	mn_rows_begin_fn *begin;
	mn_rows_row_fn *row;
	void *arg;
	struct mn_place place;
	bool began; /* the present file's header was read */
	int64_t met;
};

bool mn_rows_parse(const char *text, double *value)
{
	if (mn_parse_real(text, -DBL_MAX, DBL_MAX, value) == 0)
		return true;
	if (strcmp(text, "nan") == 0)
		*value = NAN;
	else if (strcmp(text, "inf") == 0)
		*value = INFINITY;
	else if (strcmp(text, "-inf") == 0)
		*value = -INFINITY;
	else
		return false;
	return true;
}

int mn_rows_number(const char *field, const char *column, const struct mn_place *place, double *value, struct mn_error *err)
{
	if (mn_rows_parse(field, value))
		return 0;
	return mn_fail(err, "%s: line %lld: column '%s' holds '%.40s', which is not a number", place->path, (long long)place->line, column,
	               field);
}

int mn_rows_optional(const struct mn_header *header, const char *name)
{
	for (int i = 0; i < header->count; i++) {
		if (strcmp(header->name[i], name) == 0)
			return i;
	}
	return -1;
}

int mn_rows_column(const struct mn_header *header, const char *name, struct mn_error *err)
{
	int found = mn_rows_optional(header, name);
	if (found >= 0)
		return found;
	char has[512] = "";
	size_t length = 0;
	for (int i = 0; i < header->count && length + strlen(header->name[i]) + 2 < sizeof(has); i++)
		length += (size_t)snprintf(has + length, sizeof(has) - length, "%s%s", i ? "," : "", header->name[i]);
	return mn_fail(err, "%s: no column '%s' (it has %s)", header->path, name, has);
}

int mn_rows_columns(const struct mn_header *header, const struct mn_names *names, int *column, struct mn_error *err)
{
	for (int i = 0; i < names->count; i++) {
		if ((column[i] = mn_rows_column(header, names->name[i], err)) < 0)
			return -1;
	}
	return 0;
}

static void header_free(struct mn_header *header)
{
	for (int i = 0; i < header->count; i++)
		free(header->name[i]);
	free(header->name);
	*header = (struct mn_header){0};
}

static int header_keep(struct reader *r, char **field, int count, struct mn_error *err)
{
	struct mn_header *header = &r->header;
	header->path = r->place.path;
	header->count = 0;
	header->name = calloc((size_t)count, sizeof(*header->name));
	if (!header->name)
		return mn_fail_memory(err, header->path, (unsigned long long)count * sizeof(*header->name));
	for (int i = 0; i < count; i++) {
		if (field[i][0] != '\0' && mn_rows_optional(header, field[i]) >= 0)
			return mn_fail(err, "%s: the header has column '%s' twice", header->path, field[i]);
		header->name[i] = strdup(field[i]);
		if (!header->name[i])
			return mn_fail_memory(err, header->path, strlen(field[i]) + 1);
		header->count = i + 1;
	}
	return 0;
}

static int header_compare(const struct reader *r, char **field, int count, struct mn_error *err)
{
	const struct mn_header *first = &r->header;
	for (int i = 0; i < count && i < first->count; i++) {
		if (strcmp(field[i], first->name[i]) != 0)
			return mn_fail(err, "%s: header differs from that of %s: column %d is '%s', there '%s'", r->place.path, first->path,
			               i + 1, field[i], first->name[i]);
	}
	if (count > first->count)
		return mn_fail(err, "%s: header differs from that of %s: column %d, '%s', is not there", r->place.path, first->path,
		               first->count + 1, field[first->count]);
	if (count < first->count)
		return mn_fail(err, "%s: header differs from that of %s: column %d, '%s', is missing", r->place.path, first->path,
		               count + 1, first->name[count]);
	return 0;
}

static int conditions_find(struct reader *r, struct mn_error *err)
{
	for (int i = 0; i < r->source->wheres; i++) {
		const char *text = r->source->where[i], *equals = strchr(text, '=');
		if (!equals || equals == text)
			return mn_misuse(err, "--where '%s': not of the form COLUMN=VALUE", text);
		char *name = strndup(text, (size_t)(equals - text));
		if (!name)
			return mn_fail_memory(err, "--where", strlen(text));
		struct condition *c = &r->condition[i];
		c->column = mn_rows_column(&r->header, name, err);
		free(name);
		if (c->column < 0)
			return -1;
		c->value = equals + 1;
		c->numeric = mn_rows_parse(c->value, &c->number);
	}
	return 0;
}

static bool conditions_hold(const struct reader *r, char **field)
{
	for (int i = 0; i < r->source->wheres; i++) {
		const struct condition *c = &r->condition[i];
		double number;
		if (strcmp(field[c->column], c->value) == 0)
			continue;
		if (!c->numeric || !mn_rows_parse(field[c->column], &number) || number != c->number)
			return false;
	}
	return true;
}

static int record(void *arg, char **field, int count, int64_t line, struct mn_error *err)
{
	struct reader *r = arg;
	r->place.line = line;
	if (!r->began) {
		r->began = true;
		if (r->header.name && !r->source->mixed)
			return header_compare(r, field, count, err);
		header_free(&r->header);
		if (header_keep(r, field, count, err) != 0 || conditions_find(r, err) != 0)
			return -1;
		return r->begin(r->arg, &r->header, err);
	}
	if (count != r->header.count)
		return mn_fail(err, "%s: line %lld: %d fields where the header has %d", r->place.path, (long long)line, count,
		               r->header.count);
	if (!conditions_hold(r, field))
		return 0;
	r->met++;
	return r->row(r->arg, field, &r->place, err);
}

static int file_read(struct reader *r, const char *path, struct mn_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	r->place.path = standard ? "<stdin>" : path;
	r->began = false;
	if (standard && isatty(STDIN_FILENO))
		return mn_misuse(err, "no file named, and standard input is a terminal");
	FILE *file = standard ? stdin : fopen(path, "r");
	if (!file)
		return mn_fail(err, "%s: %s", path, strerror(errno));
	int status = mn_csv_read(file, r->place.path, record, r, err);
	if (!standard)
		fclose(file);
	if (status == 0 && !r->began)
		return mn_fail(err, "%s: empty, not even a header line", r->place.path);
	return status;
}

int mn_rows_read(const struct mn_source *source, mn_rows_begin_fn *begin, mn_rows_row_fn *row, void *arg, struct mn_error *err)
{
	static const char *const standard_input = "-";
	const char *const *file = source->files ? source->file : &standard_input;
	int files = source->files ? source->files : 1;
	struct reader r = {.source = source, .begin = begin, .row = row, .arg = arg};
	r.condition = calloc((size_t)source->wheres + 1, sizeof(*r.condition));
	if (!r.condition)
		return mn_fail_memory(err, "--where", sizeof(*r.condition));
	int status = 0;
	for (int i = 0; i < files && status == 0; i++) {
		status = file_read(&r, file[i], err);
		if (source->progress)
			mn_progress_update(source->progress, i + 1, files, NULL);
	}
	if (status == 0 && r.met == 0)
		status = mn_fail(err, "%s: %s", r.header.path,
		                 source->wheres ? "no row meets the conditions of --where" : "a header, but no row");
	header_free(&r.header);
	free(r.condition);
	return status;
}
