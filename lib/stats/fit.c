#include "mn/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/groups.h"
#include "mn/summary.h"
#include "sweep.h"

/* The vectors of a group, as long as it has rows. */
enum { X, Y, UNIT, CENSORED, VECTORS };

struct fitting {
	const struct mn_names *by;
	const char *name[VECTORS];
	int *by_column, column[VECTORS]; /* of CENSORED -1 where there is none */
	struct mn_groups groups;
};

int mn_fit_parse(struct mn_names *axes, const char *text, struct mn_error *err)
{
	const char *colon = strchr(text, ':');
	char *copy = strdup(text);
	*axes = (struct mn_names){0};
	if (!copy)
		return mn_fail_memory(err, "--fit", strlen(text));
	int status = 0;
	if (!colon || colon == text || colon[1] == '\0' || strchr(colon + 1, ':') || strchr(text, ',')) {
		status = mn_misuse(err, "--fit '%s': not of the form X:Y", text);
	} else {
		copy[colon - text] = ',';
		status = mn_names_split(axes, copy, "fit", err);
	}
	free(copy);
	return status;
}

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct fitting *f = arg;
	if (mn_rows_columns(header, f->by, f->by_column, err) != 0)
		return -1;
	for (int i = 0; i < CENSORED; i++) {
		if ((f->column[i] = mn_rows_column(header, f->name[i], err)) < 0)
			return -1;
	}
	f->column[CENSORED] = mn_rows_optional(header, f->name[CENSORED]);
	return 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct fitting *f = arg;
	double value[VECTORS] = {0};
	struct mn_group *group = mn_groups_of(&f->groups, field, f->by_column, err);
	if (!group)
		return -1;
	if (field[f->column[Y]][0] == '\0')
		return 0;
	for (int i = 0; i < VECTORS; i++) {
		if (f->column[i] >= 0 && mn_rows_number(field[f->column[i]], f->name[i], place, &value[i], err) != 0)
			return -1;
	}
	for (int i = 0; i <= Y; i++) {
		bool never = i == Y && value[CENSORED] != 0;
		if (!(value[i] > 0 && (isfinite(value[i]) || never)))
			return mn_fail(err, "%s: line %lld: column '%s' holds %g; a power law is of positive numbers", place->path,
			               (long long)place->line, f->name[i], value[i]);
	}
	for (int i = 0; i < VECTORS; i++) {
		if (mn_vector_append(&group->value[i], value[i], err) != 0)
			return -1;
	}
	return 0;
}

/* One group's runs, and whether they are times. */
struct power_law {
	struct grid grid;
	bool times;
};

static struct mn_bound log_y(const struct power_law *law, int x, const int *unit, int n)
{
	double sum = 0;
	int count = 0;
	if (law->times)
		return grid_log_median(&law->grid, 0, x, unit, n);
	for (int i = 0; i < n; i++) {
		double value = grid_value(&law->grid, 0, x, unit[i]);
		if (!isnan(value)) {
			sum += log(value);
			count++;
		}
	}
	return mn_bound_of(count ? sum / count : NAN);
}

static struct mn_bound exponent(const int *unit, int n, const void *arg)
{
	const struct power_law *law = arg;
	int xs = law->grid.xs;
	struct mn_bound y[GRID_XS_MAX];
	double log_x[GRID_XS_MAX];
	for (int x = 0; x < xs; x++) {
		log_x[x] = log(law->grid.x[x]);
		y[x] = log_y(law, x, unit, n);
	}
	return slope(log_x, y, xs);
}

/* c of y = c x^a, from the line through the means; NAN where a median was not reached. */
static double coefficient(const struct power_law *law, double a)
{
	int unit[GRID_SEEDS_MAX];
	double sum = 0;
	for (int i = 0; i < law->grid.seeds; i++)
		unit[i] = i;
	for (int x = 0; x < law->grid.xs; x++) {
		struct mn_bound y = log_y(law, x, unit, law->grid.seeds);
		sum += (isfinite(y.high) ? y.low : NAN) - a * log(law->grid.x[x]);
	}
	return exp(sum / law->grid.xs);
}

static int write_group(const struct fitting *f, const struct mn_group *group, const struct mn_resampling *how, struct mn_csv *csv,
                       struct mn_error *err)
{
	size_t n = group->value[X].count;
	struct sweep sweep = {.cells = n, .cell = calloc(n + 1, sizeof(*sweep.cell))};
	struct power_law law = {.times = f->column[CENSORED] >= 0};
	struct mn_estimate e = {NAN, NAN, NAN};
	if (!sweep.cell)
		return mn_fail_memory(err, "runs", n * sizeof(*sweep.cell));
	for (size_t i = 0; i < n; i++)
		sweep.cell[i] = (struct sweep_cell){.x = group->value[X].at[i],
		                                    .value = group->value[Y].at[i],
		                                    .seed = group->value[UNIT].at[i],
		                                    .censored = group->value[CENSORED].at[i] != 0};
	int status = grid_make(&law.grid, &sweep, NOISE_INPUTS, 0, err);
	if (status == 0)
		status = mn_bootstrap(exponent, &law, law.grid.seeds, how, &e, err);
	if (status == 0) {
		for (int i = 0; i < f->by->count; i++)
			mn_csv_text(csv, mn_group_key(group, i));
		mn_csv_text(csv, f->name[X]);
		mn_csv_text(csv, f->name[Y]);
		mn_csv_int(csv, (int64_t)n);
		mn_csv_int(csv, law.grid.xs);
		mn_csv_int(csv, law.grid.seeds);
		mn_summary_field(csv, e.estimate);
		mn_summary_field(csv, e.low);
		mn_summary_field(csv, e.high);
		mn_summary_field(csv, coefficient(&law, e.estimate));
		mn_csv_end(csv);
	}
	grid_free(&law.grid);
	sweep_free(&sweep);
	return status;
}

int mn_fit_write(const struct mn_source *source, const struct mn_names *by, const char *x, const char *y, const char *unit,
                 const struct mn_resampling *how, struct mn_csv *csv, struct mn_error *err)
{
	static const char *const column[] = {
	        "x", "y", "n", "points", "units", "exponent", "exponent_ci95_low", "exponent_ci95_high", "coefficient"};
	struct fitting f = {.by = by, .name = {x, y, unit, "censored"}};
	mn_groups_init(&f.groups, by->count, VECTORS);
	f.by_column = calloc((size_t)by->count + 1, sizeof(*f.by_column));
	int status = f.by_column ? 0 : mn_fail_memory(err, "columns", sizeof(int));
	if (status == 0)
		status = mn_rows_read(source, begin, row, &f, err);
	if (status == 0)
		status = mn_groups_sort(&f.groups, err);
	for (int i = 0; i < by->count; i++)
		mn_csv_text(csv, by->name[i]);
	for (size_t i = 0; i < sizeof(column) / sizeof(column[0]); i++)
		mn_csv_text(csv, column[i]);
	mn_csv_end(csv);
	for (size_t g = 0; status == 0 && g < f.groups.count; g++)
		status = write_group(&f, f.groups.group[g], how, csv, err);
	mn_groups_free(&f.groups);
	free(f.by_column);
	return status;
}
