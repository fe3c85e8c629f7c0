#include "mn/survival.h"

#include <math.h>
#include <stdlib.h>

#include "mn/groups.h"
#include "mn/summary.h"

static const double z95 = 1.959963984540054; /* the normal quantile of 0.975 */

static int by_time_events_first(const void *a, const void *b)
{
	const struct mn_observation *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->censored - y->censored;
}

/* Finds where a falling curve comes down to 1/2, from its values one after the other. */
struct crossing {
	double time; /* INFINITY: not yet */
	double level;
	int settled;
};

static void crossing_step(struct crossing *c, double time, double value)
{
	static const double tolerance = 1e-8;
	if (c->settled || isnan(value) || value >= 0.5 + tolerance)
		return;
	if (isinf(c->time)) {
		c->time = time;
		c->level = value;
		c->settled = fabs(value - 0.5) >= tolerance;
	} else if (value < c->level) {
		c->time = (c->time + time) / 2;
		c->settled = 1;
	}
}

void mn_survival_estimate(struct mn_observation *observation, size_t n, struct mn_survival *survival, struct mn_survival_step *step,
                          size_t *steps)
{
	struct crossing median = {.time = INFINITY}, low = median, high = median;
	double curve = 1, greenwood = 0;
	size_t written = 0;
	*survival = (struct mn_survival){.n = n};
	if (n > 0)
		qsort(observation, n, sizeof(*observation), by_time_events_first);
	for (size_t i = 0; i < n;) {
		size_t at_risk = n - i, events = 0;
		double time = observation[i].time;
		for (; i < n && observation[i].time == time; i++) {
			if (observation[i].censored)
				survival->censored++;
			else
				events++;
		}
		if (events == 0)
			continue;
		double risk = (double)at_risk, deaths = (double)events;
		curve = events == at_risk ? 0 : curve * (1 - deaths / risk);
		greenwood += deaths / (risk * (risk - deaths)); /* infinite where the curve ends at 0 */
		double half = z95 * sqrt(greenwood);
		struct mn_survival_step now = {
		        .time = time,
		        .at_risk = at_risk,
		        .events = events,
		        .survival = curve,
		        .std_error = curve > 0 ? curve * sqrt(greenwood) : NAN,
		        .low = curve > 0 ? curve * exp(-half) : NAN,
		        .high = curve > 0 ? fmin(1, curve * exp(half)) : NAN,
		};
		crossing_step(&median, time, now.survival);
		crossing_step(&low, time, now.low);
		crossing_step(&high, time, now.high);
		if (step)
			step[written] = now;
		written++;
	}
	survival->median = median.time;
	survival->high = high.time;
	survival->low = isinf(low.time) && curve == 0 ? NAN : low.time;
	if (n == 0)
		survival->median = survival->low = survival->high = NAN;
	if (steps)
		*steps = written;
}

struct collected {
	const struct mn_names *by;
	const char *time_name, *censored_name;
	int *by_column, time_column, censored_column;
	struct mn_groups groups; /* values: time, censored */
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct collected *c = arg;
	if (mn_rows_columns(header, c->by, c->by_column, err) != 0)
		return -1;
	c->time_column = mn_rows_column(header, c->time_name, err);
	c->censored_column = mn_rows_column(header, c->censored_name, err);
	return c->time_column < 0 || c->censored_column < 0 ? -1 : 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct collected *c = arg;
	struct mn_group *group = mn_groups_of(&c->groups, field, c->by_column, err);
	double time, censored;
	if (!group)
		return -1;
	if (field[c->time_column][0] == '\0')
		return 0;
	if (mn_rows_number(field[c->time_column], c->time_name, place, &time, err) != 0 ||
	    mn_rows_number(field[c->censored_column], c->censored_name, place, &censored, err) != 0)
		return -1;
	if (!isfinite(time))
		return mn_fail(err, "%s: line %lld: column '%s' holds %g, which is not a time", place->path, (long long)place->line,
		               c->time_name, time);
	if (censored != 0 && censored != 1)
		return mn_fail(err, "%s: line %lld: column '%s' holds %g, neither 0 nor 1", place->path, (long long)place->line,
		               c->censored_name, censored);
	return mn_vector_append(&group->value[0], time, err) != 0 || mn_vector_append(&group->value[1], censored, err) != 0 ? -1 : 0;
}

static int write_group(const struct mn_group *group, int keys, struct mn_csv *csv, struct mn_error *err)
{
	size_t n = group->value[0].count;
	struct mn_observation *observation = calloc(n + 1, sizeof(*observation));
	struct mn_survival s;
	if (!observation)
		return mn_fail_memory(err, "the times of a group", n * sizeof(*observation));
	for (size_t i = 0; i < n; i++)
		observation[i] = (struct mn_observation){group->value[0].at[i], (int)group->value[1].at[i]};
	mn_survival_estimate(observation, n, &s, NULL, NULL);
	free(observation);
	for (int i = 0; i < keys; i++)
		mn_csv_text(csv, mn_group_key(group, i));
	mn_csv_int(csv, (int64_t)s.n);
	mn_csv_int(csv, (int64_t)s.censored);
	mn_summary_field(csv, s.median);
	mn_summary_field(csv, s.low);
	mn_summary_field(csv, s.high);
	mn_csv_end(csv);
	return 0;
}

int mn_survival_write(const struct mn_source *source, const struct mn_names *by, const char *time, const char *censored, struct mn_csv *csv,
                      struct mn_error *err)
{
	static const char *const suffix[] = {"n", "censored", "median", "median_ci95_low", "median_ci95_high"};
	struct collected c = {.by = by, .time_name = time, .censored_name = censored};
	mn_groups_init(&c.groups, by->count, 2);
	c.by_column = calloc((size_t)by->count + 1, sizeof(*c.by_column));
	int status = c.by_column ? 0 : mn_fail_memory(err, "columns", sizeof(int));
	if (status == 0)
		status = mn_rows_read(source, begin, row, &c, err);
	if (status == 0)
		status = mn_groups_sort(&c.groups, err);
	if (status == 0) {
		for (int i = 0; i < by->count; i++)
			mn_csv_text(csv, by->name[i]);
		for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++)
			mn_summary_column(csv, time, suffix[i]);
		mn_csv_end(csv);
	}
	for (size_t g = 0; status == 0 && g < c.groups.count; g++)
		status = write_group(c.groups.group[g], by->count, csv, err);
	mn_groups_free(&c.groups);
	free(c.by_column);
	return status;
}
