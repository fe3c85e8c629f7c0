#include "mn/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum mn_stat stat;
} known[] = {
        {"n", MN_STAT_N},       {"nonfinite", MN_STAT_NONFINITE}, {"mean", MN_STAT_MEAN}, {"std", MN_STAT_STD}, {"sem", MN_STAT_SEM},
        {"ci95", MN_STAT_CI95}, {"median", MN_STAT_MEDIAN},       {"min", MN_STAT_MIN},   {"max", MN_STAT_MAX},
};
enum { KNOWN = sizeof(known) / sizeof(known[0]) };

int mn_stats_parse(struct mn_stats *stats, const char *text, struct mn_error *err)
{
	struct mn_names names;
	stats->count = 0;
	if (mn_names_split(&names, text, "stat", err) != 0)
		return -1;
	int status = names.count ? 0 : mn_misuse(err, "--stat names nothing");
	for (int i = 0; status == 0 && i < names.count; i++) {
		int k = 0;
		while (k < KNOWN && strcmp(names.name[i], known[k].name) != 0)
			k++;
		if (k == KNOWN)
			status = mn_misuse(err, "--stat '%s': not one of n, nonfinite, mean, std, sem, ci95, median, min, max",
			                   names.name[i]);
		else
			stats->stat[stats->count++] = known[k].stat;
	}
	mn_names_free(&names);
	return status;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

void mn_summarize(double *value, size_t n, struct mn_summary *summary)
{
	*summary = (struct mn_summary){
	        .n = n, .mean = NAN, .std = NAN, .sem = NAN, .low = NAN, .high = NAN, .median = NAN, .min = NAN, .max = NAN};
	for (size_t i = 0; i < n; i++)
		summary->nonfinite += isfinite(value[i]) ? 0 : 1;
	if (n == 0 || summary->nonfinite)
		return;
	qsort(value, n, sizeof(*value), ascending);
	double sum = 0, squares = 0, count = (double)n;
	for (size_t i = 0; i < n; i++)
		sum += value[i];
	summary->mean = sum / count;
	summary->min = value[0];
	summary->max = value[n - 1];
	summary->median = (value[(n - 1) / 2] + value[n / 2]) / 2;
	if (n < 2)
		return;
	for (size_t i = 0; i < n; i++)
		squares += (value[i] - summary->mean) * (value[i] - summary->mean);
	summary->std = sqrt(squares / (count - 1));
	summary->sem = summary->std / sqrt(count);
	double half = mn_student_quantile(0.975, n - 1) * summary->sem;
	summary->low = summary->mean - half;
	summary->high = summary->mean + half;
}

void mn_summary_column(struct mn_csv *csv, const char *value, const char *suffix)
{
	char name[512];
	snprintf(name, sizeof(name), "%s_%s", value, suffix);
	mn_csv_text(csv, name);
}

void mn_summary_field(struct mn_csv *csv, double value)
{
	if (isnan(value))
		mn_csv_empty(csv);
	else
		mn_csv_real(csv, value);
}

void mn_stats_header(struct mn_csv *csv, const struct mn_stats *stats, const char *value)
{
	for (int i = 0; i < stats->count; i++) {
		if (stats->stat[i] == MN_STAT_CI95) {
			mn_summary_column(csv, value, "ci95_low");
			mn_summary_column(csv, value, "ci95_high");
			continue;
		}
		for (int k = 0; k < KNOWN; k++) {
			if (known[k].stat == stats->stat[i])
				mn_summary_column(csv, value, known[k].name);
		}
	}
}

/* A statistic that needs at least `least` values. */
static void field(struct mn_csv *csv, const struct mn_summary *summary, double value, size_t least)
{
	if (summary->n < least)
		mn_csv_empty(csv);
	else
		mn_csv_real(csv, value);
}

void mn_stats_row(struct mn_csv *csv, const struct mn_stats *stats, const struct mn_summary *s)
{
	for (int i = 0; i < stats->count; i++) {
		switch (stats->stat[i]) {
		case MN_STAT_N:
			mn_csv_int(csv, (int64_t)s->n);
			break;
		case MN_STAT_NONFINITE:
			mn_csv_int(csv, (int64_t)s->nonfinite);
			break;
		case MN_STAT_MEAN:
			field(csv, s, s->mean, 1);
			break;
		case MN_STAT_STD:
			field(csv, s, s->std, 2);
			break;
		case MN_STAT_SEM:
			field(csv, s, s->sem, 2);
			break;
		case MN_STAT_CI95:
			field(csv, s, s->low, 2);
			field(csv, s, s->high, 2);
			break;
		case MN_STAT_MEDIAN:
			field(csv, s, s->median, 1);
			break;
		case MN_STAT_MIN:
			field(csv, s, s->min, 1);
			break;
		case MN_STAT_MAX:
			field(csv, s, s->max, 1);
			break;
		}
	}
}

/* The columns of a table and the rows read so far. */
struct collected {
	const struct mn_names *by, *value;
	int *by_column, *value_column;
	struct mn_groups groups;
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct collected *c = arg;
	return mn_rows_columns(header, c->by, c->by_column, err) || mn_rows_columns(header, c->value, c->value_column, err) ? -1 : 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct collected *c = arg;
	struct mn_group *group = mn_groups_of(&c->groups, field, c->by_column, err);
	if (!group)
		return -1;
	for (int i = 0; i < c->value->count; i++) {
		const char *text = field[c->value_column[i]];
		double number;
		if (*text == '\0')
			continue;
		if (mn_rows_number(text, c->value->name[i], place, &number, err) != 0 ||
		    mn_vector_append(&group->value[i], number, err) != 0)
			return -1;
	}
	return 0;
}

static void write_groups(const struct collected *c, const struct mn_stats *stats, struct mn_csv *csv)
{
	for (int i = 0; i < c->by->count; i++)
		mn_csv_text(csv, c->by->name[i]);
	for (int i = 0; i < c->value->count; i++)
		mn_stats_header(csv, stats, c->value->name[i]);
	mn_csv_end(csv);
	for (size_t g = 0; g < c->groups.count; g++) {
		const struct mn_group *group = c->groups.group[g];
		for (int i = 0; i < c->by->count; i++)
			mn_csv_text(csv, mn_group_key(group, i));
		for (int i = 0; i < c->value->count; i++) {
			struct mn_summary summary;
			mn_summarize(group->value[i].at, group->value[i].count, &summary);
			mn_stats_row(csv, stats, &summary);
		}
		mn_csv_end(csv);
	}
}

int mn_summary_write(const struct mn_source *source, const struct mn_names *by, const struct mn_names *value, const struct mn_stats *stats,
                     struct mn_csv *csv, struct mn_error *err)
{
	struct collected c = {.by = by, .value = value};
	mn_groups_init(&c.groups, by->count, value->count);
	c.by_column = calloc((size_t)by->count + (size_t)value->count + 1, sizeof(int));
	int status = c.by_column ? 0 : mn_fail_memory(err, "columns", sizeof(int));
	if (status == 0) {
		c.value_column = c.by_column + by->count;
		status = mn_rows_read(source, begin, row, &c, err);
	}
	if (status == 0)
		status = mn_groups_sort(&c.groups, err);
	if (status == 0)
		write_groups(&c, stats, csv);
	mn_groups_free(&c.groups);
	free(c.by_column);
	return status;
}
