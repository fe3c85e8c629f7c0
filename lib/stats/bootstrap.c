#include "mn/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "mn/random.h"

struct mn_bound mn_bound_of(double value)
{
	return isnan(value) ? (struct mn_bound){-INFINITY, INFINITY} : (struct mn_bound){value, value};
}

double mn_without_rounding(double sum, double size)
{
	return isfinite(size) && fabs(sum) <= 1e-12 * size ? 0 : sum;
}

static double add(double a, double b)
{
	return mn_without_rounding(a + b, fabs(a) + fabs(b));
}

struct mn_bound mn_bound_add(struct mn_bound a, double factor, struct mn_bound b)
{
	/* 0 times infinity is no information, and none is needed. */
	if (factor == 0)
		return a;
	if (factor > 0)
		return (struct mn_bound){add(a.low, factor * b.low), add(a.high, factor * b.high)};
	return (struct mn_bound){add(a.low, factor * b.high), add(a.high, factor * b.low)};
}

static void draw(int *unit, int units, int64_t seed, int resample)
{
	const struct mn_key key = {(uint64_t)seed, MN_PURPOSE_BOOTSTRAP};
	uint64_t word[4];
	for (int i = 0; i < units; i++) {
		if (i % 4 == 0)
			mn_random_block(key, (struct mn_counter){.example = (uint64_t)resample, .element = (uint64_t)i / 4}, word);
		unit[i] = (int)mn_random_below(word[i % 4], (uint64_t)units);
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double finite_bound(struct mn_bound b)
{
	if (isfinite(b.low) && isfinite(b.high))
		return b.low == b.high ? b.low : (b.low + b.high) / 2;
	if (isfinite(b.low))
		return b.low;
	return isfinite(b.high) ? b.high : NAN;
}

int mn_bootstrap(mn_statistic_fn *statistic, const void *arg, int units, const struct mn_resampling *how, struct mn_estimate *result,
                 struct mn_error *err)
{
	*result = (struct mn_estimate){NAN, NAN, NAN};
	if (units < 1)
		return 0;
	size_t resamples = (size_t)how->resamples;
	int *unit = calloc((size_t)units, sizeof(*unit));
	double *low = calloc(2 * resamples + 1, sizeof(*low));
	if (!unit || !low) {
		free(unit);
		free(low);
		return mn_fail_memory(err, "bootstrap", 2 * resamples * sizeof(*low));
	}
	double *high = low + resamples;
	for (int i = 0; i < units; i++)
		unit[i] = i;
	result->estimate = finite_bound(statistic(unit, units, arg));
	if (units > 1 && resamples > 0) {
		for (size_t r = 0; r < resamples; r++) {
			draw(unit, units, how->seed, (int)r);
			struct mn_bound value = statistic(unit, units, arg);
			low[r] = value.low;
			high[r] = value.high;
		}
		qsort(low, resamples, sizeof(*low), ascending);
		qsort(high, resamples, sizeof(*high), ascending);
		size_t tail = (size_t)ceil(0.025 * (double)resamples);
		result->low = low[tail - 1];
		result->high = high[resamples - tail];
	}
	free(unit);
	free(low);
	return 0;
}
