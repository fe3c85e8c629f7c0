#include "mn/paired.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/groups.h"

struct pairing {
	const struct mn_names *by, *pair, *value;
	const char *base;       /* VALUE of --minus */
	int minus;              /* its column's place in by */
	int *column;            /* of by, pair and value, one after the other */
	struct mn_groups runs;  /* by and pair: one row each; an empty value has an empty vector */
	struct mn_groups cells; /* by: the differences, and last the unpaired rows */
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct pairing *p = arg;
	int *column = p->column;
	if (mn_rows_columns(header, p->by, column, err) != 0 || mn_rows_columns(header, p->pair, column + p->by->count, err) != 0)
		return -1;
	return mn_rows_columns(header, p->value, column + p->by->count + p->pair->count, err);
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct pairing *p = arg;
	size_t before = p->runs.count;
	struct mn_group *run = mn_groups_of(&p->runs, field, p->column, err);
	if (!run)
		return -1;
	if (p->runs.count == before)
		return mn_fail(err, "%s: line %lld: a second row with the same --by and --paired-by columns; choose with --where",
		               place->path, (long long)place->line);
	for (int i = 0; i < p->value->count; i++) {
		const char *text = field[p->column[p->by->count + p->pair->count + i]];
		double number;
		if (*text && (mn_rows_number(text, p->value->name[i], place, &number, err) != 0 ||
		              mn_vector_append(&run->value[i], number, err) != 0))
			return -1;
	}
	return 0;
}

static bool is_base(const struct pairing *p, const char *text)
{
	double a, b;
	return strcmp(text, p->base) == 0 || (mn_rows_parse(text, &a) && mn_rows_parse(p->base, &b) && a == b);
}

/* The run's partner; NULL where there is none. field: room for a key; text: the base as the rows spell it. */
static struct mn_group *partner(struct pairing *p, const struct mn_group *run, char **field, const int *identity, char *text,
                                struct mn_error *err)
{
	for (int i = 0; i < p->runs.keys; i++)
		field[i] = i == p->minus ? text : (char *)mn_group_key(run, i);
	return mn_groups_find(&p->runs, field, identity, err);
}

static int subtract(struct pairing *p, const struct mn_group *run, const struct mn_group *base, struct mn_group *cell, struct mn_error *err)
{
	if (!base)
		return mn_vector_append(&cell->value[p->value->count], 1, err);
	for (int i = 0; i < p->value->count; i++) {
		if (run->value[i].count && base->value[i].count &&
		    mn_vector_append(&cell->value[i], run->value[i].at[0] - base->value[i].at[0], err) != 0)
			return -1;
	}
	return 0;
}

/* Pairs the runs; the differences are gathered in cells. */
static int pair_runs(struct pairing *p, struct mn_error *err)
{
	size_t keys = (size_t)p->runs.keys;
	char **field = calloc(keys + 1, sizeof(*field)), *text = NULL;
	int *identity = calloc(keys + 1, sizeof(*identity));
	int status = field && identity ? 0 : mn_fail_memory(err, "pairs", keys * sizeof(*field));
	for (int i = 0; status == 0 && i < p->runs.keys; i++)
		identity[i] = i;
	for (size_t r = 0; status == 0 && !text && r < p->runs.count; r++) {
		const char *level = mn_group_key(p->runs.group[r], p->minus);
		if (is_base(p, level) && !(text = strdup(level)))
			status = mn_fail_memory(err, "pairs", strlen(level));
	}
	if (status == 0 && !text)
		status = mn_fail(err, "--minus: no row has '%s' in column '%s'", p->base, p->by->name[p->minus]);
	for (size_t r = 0; status == 0 && r < p->runs.count; r++) {
		const struct mn_group *run = p->runs.group[r];
		if (is_base(p, mn_group_key(run, p->minus)))
			continue;
		const struct mn_group *base = partner(p, run, field, identity, text, err);
		field[p->minus] = (char *)mn_group_key(run, p->minus);
		struct mn_group *cell = mn_groups_of(&p->cells, field, identity, err);
		status = cell ? subtract(p, run, base, cell, err) : -1;
	}
	free(field);
	free(identity);
	free(text);
	return status;
}

static void write_cells(const struct pairing *p, const struct mn_stats *stats, struct mn_csv *csv)
{
	for (int i = 0; i < p->by->count; i++)
		mn_csv_text(csv, p->by->name[i]);
	mn_csv_text(csv, "unpaired");
	for (int i = 0; i < p->value->count; i++) {
		char name[512];
		snprintf(name, sizeof(name), "%s_difference", p->value->name[i]);
		mn_stats_header(csv, stats, name);
	}
	mn_csv_end(csv);
	for (size_t g = 0; g < p->cells.count; g++) {
		const struct mn_group *cell = p->cells.group[g];
		for (int i = 0; i < p->by->count; i++)
			mn_csv_text(csv, mn_group_key(cell, i));
		mn_csv_int(csv, (int64_t)cell->value[p->value->count].count);
		for (int i = 0; i < p->value->count; i++) {
			struct mn_summary summary;
			mn_summarize(cell->value[i].at, cell->value[i].count, &summary);
			mn_stats_row(csv, stats, &summary);
		}
		mn_csv_end(csv);
	}
}

/* Where the column of --minus stands in by; sets base. */
static int parse_minus(struct pairing *p, const char *minus, struct mn_error *err)
{
	const char *equals = strchr(minus, '=');
	if (!equals || equals == minus)
		return mn_misuse(err, "--minus '%s': not of the form COLUMN=VALUE", minus);
	p->base = equals + 1;
	for (p->minus = 0; p->minus < p->by->count; p->minus++) {
		const char *name = p->by->name[p->minus];
		if (strlen(name) == (size_t)(equals - minus) && strncmp(name, minus, (size_t)(equals - minus)) == 0)
			return 0;
	}
	return mn_misuse(err, "--minus '%s': its column must be one of --by", minus);
}

int mn_paired_write(const struct mn_source *source, const struct mn_names *by, const struct mn_names *pair, const char *minus,
                    const struct mn_names *value, const struct mn_stats *stats, struct mn_csv *csv, struct mn_error *err)
{
	struct pairing p = {.by = by, .pair = pair, .value = value};
	if (parse_minus(&p, minus, err) != 0)
		return -1;
	mn_groups_init(&p.runs, by->count + pair->count, value->count);
	mn_groups_init(&p.cells, by->count, value->count + 1);
	p.column = calloc((size_t)p.runs.keys + (size_t)value->count, sizeof(*p.column));
	int status = p.column ? 0 : mn_fail_memory(err, "columns", sizeof(int));
	if (status == 0)
		status = mn_rows_read(source, begin, row, &p, err);
	if (status == 0)
		status = pair_runs(&p, err);
	if (status == 0)
		status = mn_groups_sort(&p.cells, err);
	if (status == 0)
		write_cells(&p, stats, csv);
	mn_groups_free(&p.runs);
	mn_groups_free(&p.cells);
	free(p.column);
	return status;
}
