/* Figure 2: "Reducing the capacity or increasing the size of the dataset slows down training for real data as well as noise. However,
 * the effect is more severe for datasets containing noise"; and the abstract: "time to convergence is longer for random labels, but shorter
 * for random inputs". Times are Kaplan-Meier medians over seeds; what was not reached is bounded from below. */
#include <math.h>

#include "claim.h"

/* All of a level's median times, as natural logarithms. Returns their number. */
static int log_times(const struct grid *grid, int level, const int *unit, int n, struct mn_bound *y)
{
	int xs = grid->xs;
	for (int x = 0; x < xs; x++)
		y[x] = grid_log_median(grid, level, x, unit, n);
	return xs;
}

/* The exponent a of time ~ x^a. */
static struct mn_bound exponent(const struct grid *grid, int level, const int *unit, int n)
{
	struct mn_bound y[GRID_XS_MAX];
	double log_x[GRID_XS_MAX];
	int xs = log_times(grid, level, unit, n, y);
	for (int x = 0; x < xs; x++)
		log_x[x] = log(grid->x[x]);
	return slope(log_x, y, xs);
}

static struct mn_bound in_doublings(struct mn_bound natural)
{
	return (struct mn_bound){natural.low / log(2), natural.high / log(2)};
}

/* log2 of the time at the smallest x over that at the largest. */
static struct mn_bound smallest_to_largest(const struct grid *grid, int level, const int *unit, int n)
{
	return in_doublings(
	        mn_bound_add(grid_log_median(grid, level, 0, unit, n), -1, grid_log_median(grid, level, grid->xs - 1, unit, n)));
}

static struct mn_bound largest_to_smallest(const struct grid *grid, int level, const int *unit, int n)
{
	return mn_bound_add((struct mn_bound){0, 0}, -1, smallest_to_largest(grid, level, unit, n));
}

/* The mean over x of log2 time. */
static struct mn_bound mean_doublings(const struct grid *grid, int level, const int *unit, int n)
{
	struct mn_bound y[GRID_XS_MAX], sum = {0, 0};
	int xs = log_times(grid, level, unit, n, y);
	for (int x = 0; x < xs; x++)
		sum = mn_bound_add(sum, 1.0 / xs, y[x]);
	return in_doublings(sum);
}

/* Random labels take longer than clean ones, random inputs shorter: what the abstract says of data that are nothing but noise. */
static int against_clean(const struct claims *claims, const struct grid *grid, enum noise_kind kind, struct mn_error *err)
{
	const struct level_claim about = {
	        .claim = kind == NOISE_LABELS ? "random labels take longer" : "random inputs take shorter",
	        .y = mean_doublings,
	        .minus_clean = "log2_time_minus_clean",
	        .noise_side = kind == NOISE_LABELS ? 1 : -1,
	        .below = INFINITY,
	};
	return claim_levels(claims, grid, &about, err);
}

static int of_widths(const struct claims *claims, const struct grid *grid, enum noise_kind kind, int part, struct mn_error *err)
{
	const struct level_claim falls = {
	        .claim = "time falls with width", .y = exponent, .of_level = "width_exponent", .level_side = -1, .below = INFINITY};
	const struct level_claim ratio = {.claim = "noise needs width more",
	                                  .y = smallest_to_largest,
	                                  .of_level = "log2_time_narrow_to_wide",
	                                  .minus_clean = "log2_time_narrow_to_wide_minus_clean",
	                                  .per_noise = "log2_time_narrow_to_wide_per_noise",
	                                  .noise_side = 1,
	                                  .below = INFINITY};
	(void)part;
	return claim_levels(claims, grid, &falls, err) != 0 || claim_levels(claims, grid, &ratio, err) != 0 ||
	                       against_clean(claims, grid, kind, err) != 0
	               ? -1
	               : 0;
}

static int of_sizes(const struct claims *claims, const struct grid *grid, enum noise_kind kind, int part, struct mn_error *err)
{
	const struct level_claim grows = {
	        .claim = "time grows with size", .y = exponent, .of_level = "size_exponent", .level_side = 1, .below = INFINITY};
	const struct level_claim ratio = {.claim = "noise feels size more",
	                                  .y = largest_to_smallest,
	                                  .of_level = "log2_time_large_to_small",
	                                  .minus_clean = "log2_time_large_to_small_minus_clean",
	                                  .per_noise = "log2_time_large_to_small_per_noise",
	                                  .noise_side = 1,
	                                  .below = INFINITY};
	(void)part;
	return claim_levels(claims, grid, &grows, err) != 0 || claim_levels(claims, grid, &ratio, err) != 0 ||
	                       against_clean(claims, grid, kind, err) != 0
	               ? -1
	               : 0;
}

int claims_time_width(struct claims *claims, const struct mn_source *source, struct mn_error *err)
{
	const struct sweep_columns columns = {.x = "width", .value = "time", .censored = "censored"};
	return claims_of_sweep(claims, source, &columns, 1, of_widths, err);
}

int claims_time_size(struct claims *claims, const struct mn_source *source, struct mn_error *err)
{
	const struct sweep_columns columns = {.x = "train_size", .value = "time", .censored = "censored"};
	return claims_of_sweep(claims, source, &columns, 1, of_sizes, err);
}
