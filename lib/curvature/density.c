#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "krylov.h"
#include "mn/trace.h"

struct point {
	double value, weight;
};

static int ascending(const void *a, const void *b)
{
	const struct point *x = a, *y = b;
	return (x->value > y->value) - (x->value < y->value);
}

/* Lanczos from one probe; appends its points. Returns how many, or -1. */
static int probe_points(struct mn_krylov *k, int steps, uint64_t seed, int64_t probe, struct point *point, struct mn_error *err)
{
	mn_krylov_start(k, (struct mn_key){seed, MN_PURPOSE_DENSITY}, (uint64_t)probe, false);
	while (k->active < steps && !k->invariant)
		if (mn_krylov_step(k, err))
			return -1;
	if (mn_krylov_ritz(k, err))
		return -1;
	for (int i = 0; i < k->active; i++) {
		double first = k->s[i * k->active];
		point[i] = (struct point){k->ritz[i], first * first};
	}
	return k->active;
}

static int gather(struct mn_krylov *k, int steps, int64_t probes, uint64_t seed, mn_estimate_fn *report, void *report_arg,
                  struct point *point, int64_t *count, struct mn_error *err)
{
	*count = 0;
	for (int64_t i = 0; i < probes; i++) {
		int added = probe_points(k, steps, seed, i, point + *count, err);
		if (added < 0)
			return -1;
		*count += added;
		if (report)
			report(report_arg, i + 1, k->ritz[added - 1], NAN);
	}
	qsort(point, (size_t)*count, sizeof *point, ascending);
	return 0;
}

int mn_density(struct mn_operator *op, int steps, int64_t probes, size_t memory, uint64_t seed, struct mn_pool *pool,
               mn_estimate_fn *report, void *report_arg, struct mn_density *result, struct mn_error *err)
{
	struct mn_krylov k;
	int64_t before = op->products;
	*result = (struct mn_density){0};
	if ((size_t)steps > op->n)
		steps = (int)op->n;
	size_t bytes = ((size_t)steps + 1) * op->n * sizeof(mn_real);
	if (bytes > memory)
		return mn_fail(err, "a density by %d Lanczos steps needs %d vectors, %.4g MiB; %.4g MiB are allowed", steps, steps + 1,
		               (double)bytes / 0x1p20, (double)memory / 0x1p20);
	if (mn_krylov_new(&k, op, steps + 1, pool, err))
		return -1;
	size_t most = (size_t)steps * (size_t)probes;
	struct point *point = malloc(most * sizeof *point);
	result->value = malloc(2 * most * sizeof *result->value);
	result->weight = result->value ? result->value + most : NULL;
	int status = point && result->value ? gather(&k, steps, probes, seed, report, report_arg, point, &result->count, err)
	                                    : mn_fail_memory(err, "density", most * sizeof *point);
	for (int64_t i = 0; !status && i < result->count; i++) {
		result->value[i] = point[i].value;
		result->weight[i] = point[i].weight / (double)probes;
	}
	result->products = op->products - before;
	free(point);
	mn_krylov_free(&k);
	if (status)
		mn_density_free(result);
	return status;
}

void mn_density_smooth(const struct mn_density *points, double width, int cells, double *at, double *density)
{
	double low = points->value[0] - 4 * width, high = points->value[points->count - 1] + 4 * width;
	double cell = (high - low) / cells;
	for (int c = 0; c < cells; c++) {
		at[c] = low + (c + 0.5) * cell;
		density[c] = 0;
	}
	for (int64_t i = 0; i < points->count; i++) {
		double below = 0;
		for (int c = 0; c < cells; c++) {
			double edge = (low + (c + 1) * cell - points->value[i]) / (width * sqrt(2));
			double here = c + 1 < cells ? (1 + erf(edge)) / 2 : 1;
			density[c] += points->weight[i] * (here - below) / cell;
			below = here;
		}
	}
}

void mn_density_free(struct mn_density *density)
{
	free(density->value);
	*density = (struct mn_density){0};
}
