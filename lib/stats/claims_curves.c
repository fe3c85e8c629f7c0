/* Learning curves: "DNNs first learn and then refine simple patterns ... and only incorporate more case-by-case memorization as a later
 * resort". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "mn/groups.h"

/* The key of a run, and what is followed through its log. */
enum { DATASET, LABEL_NOISE, INPUT_NOISE, SEED, KEYS };
static const char *const key_name[KEYS] = {"dataset", "label_noise", "input_noise", "seed"};
enum { EPOCH, CLEAN, NOISY, NOISY_TRUE, TRAIN_LOSS, FIELDS };
static const char *const field_name[FIELDS] = {"epoch", "clean_accuracy", "noisy_accuracy", "noisy_true_accuracy", "train_loss"};

/* A run's vectors, one number each. */
enum { LAST, CLEAN_HALF, NOISY_HALF, PEAK, FINAL, DIVERGED, VECTORS };

/* The parts of the sweep: epochs until half of the clean rows (x = 0) and of the noisy rows (x = 1) are right; what the noisy rows'
 * accuracy against their true labels loses from its peak to the end. */
enum { HALVES, LOSS, PARTS };

struct curves {
	int key[KEYS], field[FIELDS];
	struct mn_groups runs;
};

static int begin(void *arg, const struct mn_header *header, struct mn_error *err)
{
	struct curves *c = arg;
	for (int i = 0; i < KEYS; i++) {
		if ((c->key[i] = mn_rows_column(header, key_name[i], err)) < 0)
			return -1;
	}
	for (int i = 0; i < FIELDS; i++) {
		if ((c->field[i] = mn_rows_column(header, field_name[i], err)) < 0)
			return -1;
	}
	return 0;
}

static int row(void *arg, char **field, const struct mn_place *place, struct mn_error *err)
{
	struct curves *c = arg;
	double value[FIELDS];
	struct mn_group *run = mn_groups_of(&c->runs, field, c->key, err);
	if (!run)
		return -1;
	for (int i = 0; i < FIELDS; i++) {
		value[i] = NAN;
		if (field[c->field[i]][0] && mn_rows_number(field[c->field[i]], field_name[i], place, &value[i], err) != 0)
			return -1;
	}
	if (run->value[LAST].count == 0) {
		const double none[VECTORS] = {0, NAN, NAN, NAN, NAN, 0};
		for (int i = 0; i < VECTORS; i++) {
			if (mn_vector_append(&run->value[i], none[i], err) != 0)
				return -1;
		}
	}
	double *last = run->value[LAST].at, *clean = run->value[CLEAN_HALF].at, *noisy = run->value[NOISY_HALF].at;
	if (!(value[EPOCH] > *last))
		return mn_fail(err, "%s: line %lld: epoch %g after epoch %g of a run with the same noise and seed; choose with --where",
		               place->path, (long long)place->line, value[EPOCH], *last);
	*last = value[EPOCH];
	if (strcmp(field[c->field[TRAIN_LOSS]], "nan") == 0)
		*run->value[DIVERGED].at = 1;
	if (isnan(*clean) && value[CLEAN] >= 0.5)
		*clean = value[EPOCH];
	if (isnan(*noisy) && value[NOISY] >= 0.5)
		*noisy = value[EPOCH];
	if (!isnan(value[NOISY_TRUE])) {
		*run->value[PEAK].at = fmax(*run->value[PEAK].at, value[NOISY_TRUE]);
		*run->value[FINAL].at = value[NOISY_TRUE];
	}
	return 0;
}

/* The run's cells; a run without noise has nothing to compare, one that diverged says nothing of an order. */
static int add_run(struct sweep *sweep, const struct mn_group *run, struct mn_error *err)
{
	const struct mn_place place = {"log", 0};
	struct sweep_cell cell = {0};
	if (sweep_of_dataset(sweep, mn_group_key(run, DATASET), &place, err) != 0 ||
	    mn_rows_number(mn_group_key(run, LABEL_NOISE), key_name[LABEL_NOISE], &place, &cell.label_noise, err) != 0 ||
	    mn_rows_number(mn_group_key(run, INPUT_NOISE), key_name[INPUT_NOISE], &place, &cell.input_noise, err) != 0 ||
	    mn_rows_number(mn_group_key(run, SEED), key_name[SEED], &place, &cell.seed, err) != 0)
		return -1;
	if ((cell.label_noise == 0 && cell.input_noise == 0) || *run->value[DIVERGED].at != 0)
		return 0;
	for (int x = 0; x < 2; x++) {
		double half = *run->value[x ? NOISY_HALF : CLEAN_HALF].at;
		cell.x = x;
		cell.part = HALVES;
		cell.censored = isnan(half);
		cell.value = isnan(half) ? *run->value[LAST].at : half;
		if (sweep_add(sweep, &cell, err) != 0)
			return -1;
	}
	cell = (struct sweep_cell){cell.label_noise, cell.input_noise, 0, cell.seed, *run->value[PEAK].at - *run->value[FINAL].at, 0, LOSS};
	return isnan(cell.value) ? 0 : sweep_add(sweep, &cell, err);
}

static struct mn_bound noisy_to_clean(const struct grid *grid, int level, const int *unit, int n)
{
	struct mn_bound ratio = mn_bound_add(grid_log_median(grid, level, 1, unit, n), -1, grid_log_median(grid, level, 0, unit, n));
	return (struct mn_bound){ratio.low / log(2), ratio.high / log(2)};
}

static struct mn_bound lost(const struct grid *grid, int level, const int *unit, int n)
{
	return mn_bound_of(grid_mean(grid, level, 0, unit, n));
}

static int of_grid(const struct claims *claims, const struct grid *grid, enum noise_kind kind, int part, struct mn_error *err)
{
	const struct level_claim later = {.claim = "noise is learned later",
	                                  .y = noisy_to_clean,
	                                  .of_level = "log2_half_time_noisy_to_clean",
	                                  .level_side = 1,
	                                  .below = INFINITY};
	const struct level_claim given_up = {.claim = "true labels are learned before given ones",
	                                     .y = lost,
	                                     .of_level = "noisy_true_accuracy_peak_minus_final",
	                                     .level_side = 1,
	                                     .below = INFINITY};
	if (part == HALVES)
		return claim_levels(claims, grid, &later, err);
	/* Noise inputs have no true label to be learned: theirs is the given one. */
	return kind == NOISE_LABELS ? claim_levels(claims, grid, &given_up, err) : 0;
}

int claims_curves(struct claims *claims, const struct mn_source *source, struct mn_error *err)
{
	struct curves curves = {0};
	struct sweep sweep = {0};
	mn_groups_init(&curves.runs, KEYS, VECTORS);
	int status = mn_rows_read(source, begin, row, &curves, err);
	for (size_t g = 0; status == 0 && g < curves.runs.count; g++)
		status = add_run(&sweep, curves.runs.group[g], err);
	if (status == 0)
		status = claims_of_runs(claims, &sweep, PARTS, of_grid, err);
	sweep_free(&sweep);
	mn_groups_free(&curves.runs);
	return status;
}
