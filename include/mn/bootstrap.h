/* bootstrap.h - percentile intervals over units drawn with replacement (Efron 1979): over the seeds of a sweep.
 *
 * A unit is drawn with everything that belongs to it: a seed's runs at all widths and noise levels stay together, so that what
 * a seed does to all of them cancels in their differences and ratios. */
#ifndef MN_BOOTSTRAP_H
#define MN_BOOTSTRAP_H

#include <stdint.h>

#include "mn/error.h"

/* What is known of a number: it lies between low and high, both included. A censored time is {seen, INFINITY}. */
struct mn_bound {
	double low, high;
};

/* The number itself; nothing known where it is nan. */
struct mn_bound mn_bound_of(double value);
/* A sum of terms whose absolute values sum to size: 0 where it is no more than their rounding errors, which no verdict may rest on. */
double mn_without_rounding(double sum, double size);
/* a + factor * b, without rounding errors */
struct mn_bound mn_bound_add(struct mn_bound a, double factor, struct mn_bound b);

/* A statistic of a sample: unit[n] are numbers of units, repetitions meant. */
typedef struct mn_bound mn_statistic_fn(const int *unit, int n, const void *arg);

struct mn_resampling {
	int64_t seed;
	int resamples;
};

struct mn_estimate {
	double estimate;  /* the statistic of all units; where it is only bounded, its finite bound; NAN where nothing is known */
	double low, high; /* the 95% interval; infinite ends where bounds were; NAN for fewer than 2 units */
};

/* The statistic of the units 0 ... units-1 and its percentile interval: low is the smallest value that at least 2.5% of the resamples'
 * lower bounds do not exceed, high likewise from above, so that the interval holds whatever the bounded numbers are. */
int mn_bootstrap(mn_statistic_fn *statistic, const void *arg, int units, const struct mn_resampling *how, struct mn_estimate *result,
                 struct mn_error *err);

#endif
