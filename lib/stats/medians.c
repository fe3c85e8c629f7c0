#include <math.h>
#include <stdlib.h>

#include "mn/groups.h"
#include "mn/ratio.h"
#include "mn/summary.h"
#include "mn/survival.h"

/* A group's vectors; of the seeds only where ratios are asked for. */
enum { TIME, CENSORED, SEED, VECTORS };

struct collected {
	const struct mn_names *by;
	const char *name[VECTORS];
	int vectors, *by_column, column[VECTORS];
	struct mn_groups groups;
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct collected *c = arg;
	if (mn_rows_columns(header, c->by, c->by_column, err) != 0)
		return -1;
	for (int i = 0; i < c->vectors; i++) {
		if ((c->column[i] = mn_rows_column(header, c->name[i], err)) < 0)
			return -1;
	}
	return 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct collected *c = arg;
	struct mn_group *group = mn_groups_of(&c->groups, field, c->by_column, err);
	double value[VECTORS] = {0};
	if (!group)
		return -1;
	if (field[c->column[TIME]][0] == '\0')
		return 0;
	for (int i = 0; i < c->vectors; i++) {
		if (mn_rows_number(field[c->column[i]], c->name[i], place, &value[i], err) != 0)
			return -1;
	}
	/* inf is the time of a run that never gets there: censored. */
	if (!isfinite(value[TIME]) && !(value[TIME] > 0 && value[CENSORED] == 1))
		return mn_fail(err, "%s: line %lld: column '%s' holds %g, which is not a time", place->path, (long long)place->line,
		               c->name[TIME], value[TIME]);
	if (value[CENSORED] != 0 && value[CENSORED] != 1)
		return mn_fail(err, "%s: line %lld: column '%s' holds %g, neither 0 nor 1", place->path, (long long)place->line,
		               c->name[CENSORED], value[CENSORED]);
	for (int i = 0; i < c->vectors; i++) {
		if (mn_vector_append(&group->value[i], value[i], err) != 0)
			return -1;
	}
	return 0;
}

static int write_ratio(struct collected *c, const struct mn_group *group, const struct mn_relative *relative,
                       const struct mn_resampling *how, struct mn_csv *csv, struct mn_error *err)
{
	struct mn_estimate ratio = {NAN, NAN, NAN};
	const struct mn_group *base = mn_relative_base(&c->groups, group, relative, err);
	if (!base && err->status)
		return -1;
	if (base && mn_ratio_of_medians(group, base, how, &ratio, err) != 0)
		return -1;
	mn_summary_field(csv, ratio.estimate);
	mn_summary_field(csv, ratio.low);
	mn_summary_field(csv, ratio.high);
	return 0;
}

/* All of a group's row but the ratio and the row's end. */
static int write_median(const struct mn_group *group, int keys, struct mn_csv *csv, struct mn_error *err)
{
	size_t n = group->value[TIME].count;
	struct mn_observation *observation = calloc(n + 1, sizeof(*observation));
	struct mn_survival s;
	if (!observation)
		return mn_fail_memory(err, "the times of a group", n * sizeof(*observation));
	for (size_t i = 0; i < n; i++)
		observation[i] = (struct mn_observation){group->value[TIME].at[i], (int)group->value[CENSORED].at[i]};
	mn_survival_estimate(observation, n, &s, NULL, NULL);
	free(observation);
	for (int i = 0; i < keys; i++)
		mn_csv_text(csv, mn_group_key(group, i));
	mn_csv_int(csv, (int64_t)s.n);
	mn_csv_int(csv, (int64_t)s.censored);
	mn_summary_field(csv, s.median);
	mn_summary_field(csv, s.low);
	mn_summary_field(csv, s.high);
	return 0;
}

static void write_header(const struct collected *c, bool ratio, struct mn_csv *csv)
{
	static const char *const suffix[] = {"n",     "censored",       "median",         "median_ci95_low", "median_ci95_high",
	                                     "ratio", "ratio_ci95_low", "ratio_ci95_high"};
	for (int i = 0; i < c->by->count; i++)
		mn_csv_text(csv, c->by->name[i]);
	for (int i = 0; i < (ratio ? 8 : 5); i++)
		mn_summary_column(csv, c->name[TIME], suffix[i]);
	mn_csv_end(csv);
}

int mn_survival_write(const struct mn_source *source, const struct mn_names *by, const char *time, const char *censored,
                      const struct mn_relative *relative, const struct mn_resampling *how, struct mn_csv *csv, struct mn_error *err)
{
	struct collected c = {.by = by, .name = {time, censored, "seed"}, .vectors = relative ? VECTORS : SEED};
	mn_groups_init(&c.groups, by->count, VECTORS);
	c.by_column = calloc((size_t)by->count + 1, sizeof(*c.by_column));
	int status = c.by_column ? 0 : mn_fail_memory(err, "columns", sizeof(int));
	if (status == 0)
		status = mn_rows_read(source, begin, row, &c, err);
	if (status == 0)
		status = mn_groups_sort(&c.groups, err);
	write_header(&c, relative != NULL, csv);
	for (size_t g = 0; status == 0 && g < c.groups.count; g++) {
		status = write_median(c.groups.group[g], by->count, csv, err);
		if (status == 0 && relative)
			status = write_ratio(&c, c.groups.group[g], relative, how, csv, err);
		mn_csv_end(csv);
	}
	mn_groups_free(&c.groups);
	free(c.by_column);
	return status;
}
