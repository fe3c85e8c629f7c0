#include "mn/survival.h"

#include <math.h>
#include <stdlib.h>

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
	survival->open = isfinite(median.time) && !median.settled;
	survival->high = high.time;
	survival->low = isinf(low.time) && curve == 0 ? NAN : low.time;
	if (n == 0)
		survival->median = survival->low = survival->high = NAN;
	if (steps)
		*steps = written;
}
