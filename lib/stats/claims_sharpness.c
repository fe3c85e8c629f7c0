/* Figure 3, left: "as we increase the amount of noise in the training data, we observe an increase in this sharpness". */
#include <math.h>
#include <string.h>

#include "claim.h"

enum { ROWS = 3, PARTS = 2 * ROWS };
static const char *const rows_name[ROWS] = {"all", "clean", "noisy"};

/* The parts: which rows the Hessian is of, at the end (0 ... 2) and at matched loss (3 ... 5). A run that never came down to that loss,
 * an eigenvalue that did not converge, and whatever is not the largest eigenvalue is passed over. */
enum { CONDITION, ROWS_FIELD, STATISTIC, WHICH, RANK, STATUS, CONVERGED };
static const char *const sorting[] = {"condition", "rows", "statistic", "which", "rank", "status", "converged"};

static int part(char *const *field)
{
	if (strcmp(field[STATISTIC], "eigenvalue") != 0 || strcmp(field[WHICH], "largest") != 0 || strcmp(field[RANK], "1") != 0 ||
	    strcmp(field[STATUS], "diverged") == 0 || strcmp(field[CONVERGED], "1") != 0 || strcmp(field[CONDITION], "unmet") == 0)
		return -1;
	for (int i = 0; i < ROWS; i++) {
		if (strcmp(field[ROWS_FIELD], rows_name[i]) == 0)
			return field[CONDITION][0] == '\0' ? i : ROWS + i;
	}
	return -1;
}

/* The mean over seeds of the eigenvalue's logarithm to base 2; nothing is known where one is not positive. */
static struct mn_bound doublings(const struct grid *grid, int level, const int *unit, int n)
{
	double sum = 0;
	int count = 0;
	for (int i = 0; i < n; i++) {
		double value = grid_value(grid, level, 0, unit[i]);
		if (isnan(value))
			continue;
		if (value <= 0)
			return mn_bound_of(NAN);
		sum += log2(value);
		count++;
	}
	return mn_bound_of(count ? sum / count : NAN);
}

static struct mn_bound geometric_mean(const struct grid *grid, int level, const int *unit, int n)
{
	struct mn_bound mean = doublings(grid, level, unit, n);
	return mn_bound_of(isfinite(mean.low) ? exp2(mean.low) : NAN);
}

static int of_grid(const struct claims *claims, const struct grid *grid, enum noise_kind kind, int part_number, struct mn_error *err)
{
	static const char *const names[PARTS][3] = {
	        {"eigenvalue_end_all", "log2_eigenvalue_end_all_minus_clean", "log2_eigenvalue_end_all_per_noise"},
	        {"eigenvalue_end_clean", "log2_eigenvalue_end_clean_minus_clean", "log2_eigenvalue_end_clean_per_noise"},
	        {"eigenvalue_end_noisy", "log2_eigenvalue_end_noisy_minus_clean", "log2_eigenvalue_end_noisy_per_noise"},
	        {"eigenvalue_matched_all", "log2_eigenvalue_matched_all_minus_clean", "log2_eigenvalue_matched_all_per_noise"},
	        {"eigenvalue_matched_clean", "log2_eigenvalue_matched_clean_minus_clean", "log2_eigenvalue_matched_clean_per_noise"},
	        {"eigenvalue_matched_noisy", "log2_eigenvalue_matched_noisy_minus_clean", "log2_eigenvalue_matched_noisy_per_noise"},
	};
	const char *const *name = names[part_number];
	const char *claim = part_number < ROWS ? "noise sharpens the end" : "noise sharpens at matched loss";
	const struct level_claim level = {.claim = claim, .y = geometric_mean, .of_level = name[0], .below = INFINITY};
	const struct level_claim rise = {
	        .claim = claim, .y = doublings, .minus_clean = name[1], .per_noise = name[2], .noise_side = 1, .below = INFINITY};
	(void)kind;
	return claim_levels(claims, grid, &level, err) != 0 || claim_levels(claims, grid, &rise, err) != 0 ? -1 : 0;
}

int claims_sharpness(struct claims *claims, const struct mn_source *source, struct mn_error *err)
{
	struct sweep_columns columns = {.value = "value", .part = part};
	memcpy(columns.sorting, sorting, sizeof(sorting));
	return claims_of_sweep(claims, source, &columns, PARTS, of_grid, err);
}
