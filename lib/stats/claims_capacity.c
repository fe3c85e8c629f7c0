/* Figure 1: "as more examples are replaced with noise, more capacity is needed in order to reach maximal validation performance". */
#include <math.h>
#include <string.h>

#include "claim.h"

/* A run that diverged says nothing of its capacity. */
static int part(char *const *field)
{
	return strcmp(field[0], "diverged") == 0 ? -1 : 0;
}

/* Which x of the level has the best mean; -1: none has any. */
static int best(const struct grid *grid, int level, const int *unit, int n, double *accuracy)
{
	int found = -1;
	for (int x = 0; x < grid->xs; x++) {
		double mean = grid_mean(grid, level, x, unit, n);
		if (!isnan(mean) && (found < 0 || mean > *accuracy)) {
			found = x;
			*accuracy = mean;
		}
	}
	return found;
}

static struct mn_bound best_accuracy(const struct grid *grid, int level, const int *unit, int n)
{
	double accuracy;
	return mn_bound_of(best(grid, level, unit, n, &accuracy) < 0 ? NAN : accuracy);
}

/* The smallest width whose mean accuracy is within half a point of the level's best. */
static struct mn_bound width_needed(const struct grid *grid, int level, const int *unit, int n)
{
	double accuracy;
	int x = 0, most = best(grid, level, unit, n, &accuracy);
	if (most < 0)
		return mn_bound_of(NAN);
	/* A rounding error must not decide over a mean that is half a point lower on the spot. */
	while (!(grid_mean(grid, level, x, unit, n) >= accuracy - 0.005 - 1e-12))
		x++;
	return mn_bound_of(grid->x[x]);
}

static struct mn_bound doublings_needed(const struct grid *grid, int level, const int *unit, int n)
{
	struct mn_bound width = width_needed(grid, level, unit, n);
	return mn_bound_of(isfinite(width.low) ? log2(width.low) : NAN);
}

static struct mn_bound accuracy_per_doubling(const struct grid *grid, int level, const int *unit, int n)
{
	struct mn_bound y[GRID_XS_MAX];
	double doublings[GRID_XS_MAX];
	int widths = 0;
	for (int x = 0; x < grid->xs; x++) {
		doublings[widths] = log2(grid->x[x]);
		y[widths++] = mn_bound_of(grid_mean(grid, level, x, unit, n));
	}
	return slope(doublings, y, widths);
}

static int of_grid(const struct claims *claims, const struct grid *grid, enum noise_kind kind, int part_number, struct mn_error *err)
{
	static const char needed[] = "noise needs more capacity";
	const struct level_claim about[] = {
	        {.claim = needed, .y = width_needed, .of_level = "width_needed", .below = 1},
	        {.claim = needed,
	         .y = doublings_needed,
	         .minus_clean = "log2_width_needed_minus_clean",
	         .per_noise = "log2_width_needed_per_noise",
	         .noise_side = 1,
	         .below = 1},
	        {.claim = "accuracy grows with width",
	         .y = accuracy_per_doubling,
	         .of_level = "accuracy_per_doubling",
	         .level_side = 1,
	         .below = 1},
	        {.claim = "noise lowers accuracy",
	         .y = best_accuracy,
	         .minus_clean = "best_accuracy_minus_clean",
	         .per_noise = "best_accuracy_per_noise",
	         .noise_side = -1,
	         .below = 1},
	};
	(void)kind;
	(void)part_number;
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
		if (claim_levels(claims, grid, &about[i], err) != 0)
			return -1;
	}
	return 0;
}

int claims_capacity(struct claims *claims, const struct mn_source *source, struct mn_error *err)
{
	const struct sweep_columns columns = {.x = "width", .value = "accuracy", .sorting = {"status"}, .part = part};
	return claims_of_sweep(claims, source, &columns, 1, of_grid, err);
}
