#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/survival.h"
#include "sweep.h"

/* The place of value among the rising axis[n], or where it would be. */
static int place_of(const double *axis, int n, double value)
{
	int i = 0;
	while (i < n && axis[i] < value)
		i++;
	return i;
}

static void axis_add(double *axis, int *n, double value)
{
	int at = place_of(axis, *n, value);
	if (at < *n && axis[at] == value)
		return;
	memmove(axis + at + 1, axis + at, (size_t)(*n - at) * sizeof(*axis));
	axis[at] = value;
	(*n)++;
}

static int belongs(const struct sweep_cell *cell, enum noise_kind kind, int part)
{
	return cell->part == part && (kind == NOISE_LABELS ? cell->input_noise : cell->label_noise) == 0;
}

static double noise_of(const struct sweep_cell *cell, enum noise_kind kind)
{
	return kind == NOISE_LABELS ? cell->label_noise : cell->input_noise;
}

static size_t at(const struct grid *grid, int noise, int x, int seed)
{
	return ((size_t)noise * (size_t)grid->xs + (size_t)x) * (size_t)grid->seeds + (size_t)seed;
}

int grid_make(struct grid *grid, const struct sweep *sweep, enum noise_kind kind, int part, struct mn_error *err)
{
	size_t room = sweep->cells + 1;
	*grid = (struct grid){
	        .noise = calloc(room, sizeof(double)), .x = calloc(room, sizeof(double)), .seed = calloc(room, sizeof(double))};
	if (!grid->noise || !grid->x || !grid->seed)
		return mn_fail_memory(err, "runs", 3 * room * sizeof(double));
	for (size_t i = 0; i < sweep->cells; i++) {
		const struct sweep_cell *cell = &sweep->cell[i];
		if (!belongs(cell, kind, part))
			continue;
		axis_add(grid->noise, &grid->noises, noise_of(cell, kind));
		axis_add(grid->x, &grid->xs, cell->x);
		axis_add(grid->seed, &grid->seeds, cell->seed);
	}
	if (grid->seeds > GRID_SEEDS_MAX || grid->xs > GRID_XS_MAX)
		return mn_fail(err, "more than %d seeds or %d places on the horizontal axis", GRID_SEEDS_MAX, GRID_XS_MAX);
	size_t values = (size_t)grid->noises * (size_t)grid->xs * (size_t)grid->seeds;
	grid->value = malloc((values + 1) * sizeof(*grid->value));
	grid->censored = calloc(values + 1, 1);
	if (!grid->value || !grid->censored)
		return mn_fail_memory(err, "runs", values * sizeof(*grid->value));
	for (size_t i = 0; i < values; i++)
		grid->value[i] = NAN;
	for (size_t i = 0; i < sweep->cells; i++) {
		const struct sweep_cell *cell = &sweep->cell[i];
		if (!belongs(cell, kind, part))
			continue;
		size_t here = at(grid, place_of(grid->noise, grid->noises, noise_of(cell, kind)), place_of(grid->x, grid->xs, cell->x),
		                 place_of(grid->seed, grid->seeds, cell->seed));
		if (!isnan(grid->value[here]))
			return mn_fail(err, "two runs with noise %g, %g on the horizontal axis and seed %g; choose with --where",
			               noise_of(cell, kind), cell->x, cell->seed);
		grid->value[here] = cell->value;
		grid->censored[here] = (char)cell->censored;
	}
	return 0;
}

void grid_free(struct grid *grid)
{
	free(grid->noise);
	free(grid->x);
	free(grid->seed);
	free(grid->value);
	free(grid->censored);
	*grid = (struct grid){0};
}

double grid_value(const struct grid *grid, int noise, int x, int seed)
{
	return grid->value[at(grid, noise, x, seed)];
}

int grid_seeds(const struct grid *grid, const int *level, int levels, int *seed)
{
	int count = 0;
	for (int s = 0; s < grid->seeds; s++) {
		int everywhere = 1;
		for (int i = 0; i < levels; i++) {
			int here = 0;
			for (int x = 0; x < grid->xs; x++)
				here = here || !isnan(grid_value(grid, level[i], x, s));
			everywhere = everywhere && here;
		}
		if (everywhere)
			seed[count++] = s;
	}
	return count;
}

double grid_mean(const struct grid *grid, int noise, int x, const int *unit, int n)
{
	double sum = 0;
	int count = 0;
	for (int i = 0; i < n; i++) {
		double value = grid_value(grid, noise, x, unit[i]);
		if (!isnan(value)) {
			sum += value;
			count++;
		}
	}
	return count ? sum / count : NAN;
}

struct mn_bound grid_log_median(const struct grid *grid, int noise, int x, const int *unit, int n)
{
	struct mn_observation observation[GRID_SEEDS_MAX];
	struct mn_survival survival;
	double last = 0;
	int count = 0;
	for (int i = 0; i < n && count < GRID_SEEDS_MAX; i++) {
		size_t here = at(grid, noise, x, unit[i]);
		if (isnan(grid->value[here]))
			continue;
		observation[count++] = (struct mn_observation){grid->value[here], grid->censored[here]};
		if (isfinite(grid->value[here]))
			last = fmax(last, grid->value[here]);
	}
	mn_survival_estimate(observation, (size_t)count, &survival, NULL, NULL);
	if (isinf(survival.median))
		return (struct mn_bound){log(last), INFINITY};
	if (survival.open)
		return (struct mn_bound){log(survival.median), INFINITY};
	return mn_bound_of(survival.median > 0 ? log(survival.median) : NAN);
}

struct mn_bound slope(const double *x, const struct mn_bound *y, int n)
{
	double mean = 0, squares = 0;
	int count = 0;
	for (int i = 0; i < n; i++) {
		if (isfinite(y[i].low) || isfinite(y[i].high)) {
			mean += x[i];
			count++;
		}
	}
	mean /= count ? count : 1;
	struct mn_bound sum = {0, 0}, size = {0, 0};
	for (int i = 0; i < n; i++) {
		if (!isfinite(y[i].low) && !isfinite(y[i].high))
			continue;
		struct mn_bound term = mn_bound_add((struct mn_bound){0, 0}, x[i] - mean, y[i]);
		squares += (x[i] - mean) * (x[i] - mean);
		sum = mn_bound_add(sum, 1, term);
		size = mn_bound_add(size, 1, (struct mn_bound){fabs(term.low), fabs(term.high)});
	}
	if (count < 2 || squares == 0)
		return mn_bound_of(NAN);
	return (struct mn_bound){mn_without_rounding(sum.low, size.low) / squares, mn_without_rounding(sum.high, size.high) / squares};
}
