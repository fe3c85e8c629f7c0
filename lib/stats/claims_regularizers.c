/* Figure 3, right: "dropout is most able to hinder memorization without reducing the model's ability to learn". A regularizer's curve goes
 * through the points (accuracy on random training labels, validation accuracy with real ones), one a value, means over seeds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "claim.h"
#include "mn/regularizers.h"

/* Dropout first: what the paper says it of. */
enum { DROPOUT, REGULARIZERS = 4 };
static char *regularizer[REGULARIZERS] = {"dropout", "input_dropout", "gaussian_noise", "weight_decay"};
static char *dataset[] = {"dataset"};

/* The accuracies at which curves are compared. */
static const char *const matched[] = {"0.25", "0.5", "0.75", "0.9"};

/* The grid's levels: not of noise, but an accuracy of a regularizer's runs; its horizontal axis: the regularizer's value. */
enum { RANDOM, BEST, FINAL, ACCURACIES };
static const int run_vector[ACCURACIES] = {MN_REGULARIZED_RANDOM, MN_REGULARIZED_BEST, MN_REGULARIZED_FINAL};

static int level_of(const struct grid *grid, int reg, int accuracy)
{
	for (int i = 0; i < grid->noises; i++) {
		if (grid->noise[i] == reg * ACCURACIES + accuracy)
			return i;
	}
	return -1;
}

static int add_run(struct sweep *sweep, const struct mn_regularized *r, const struct mn_group *run, struct mn_error *err)
{
	const struct mn_place place = {"runs", 0};
	struct sweep_cell cell = {0};
	int seed_key = r->by->count + r->name->count + 1;
	if (sweep_of_dataset(sweep, mn_group_key(run, 0), &place, err) != 0 ||
	    mn_rows_number(mn_group_key(run, seed_key), "seed", &place, &cell.seed, err) != 0)
		return -1;
	for (int reg = 0; reg < REGULARIZERS; reg++) {
		const char *value = mn_regularized_value(r, run, reg);
		for (int i = 0; value && i < ACCURACIES; i++) {
			cell.label_noise = reg * ACCURACIES + i;
			cell.value = *run->value[run_vector[i]].at;
			if (isnan(cell.value) || *run->value[MN_REGULARIZED_DIVERGED].at != 0)
				continue;
			if (mn_rows_number(value, regularizer[reg], &place, &cell.x, err) != 0 || sweep_add(sweep, &cell, err) != 0)
				return -1;
		}
	}
	return 0;
}

struct point {
	double x, y;
};

static int by_x(const void *a, const void *b)
{
	double x = ((const struct point *)a)->x, y = ((const struct point *)b)->x;
	return (x > y) - (x < y);
}

/* A regularizer's curve for a sample of seeds, x rising; where values come to the same x, the mean of their y. The number of points. */
static int curve_of(const struct grid *grid, int reg, int accuracy, const int *unit, int n, struct point curve[GRID_XS_MAX])
{
	int across = level_of(grid, reg, RANDOM), up = level_of(grid, reg, accuracy), points = 0, kept = 0;
	for (int x = 0; across >= 0 && up >= 0 && x < grid->xs; x++) {
		struct point p = {grid_mean(grid, across, x, unit, n), grid_mean(grid, up, x, unit, n)};
		if (!isnan(p.x) && !isnan(p.y))
			curve[points++] = p;
	}
	qsort(curve, (size_t)points, sizeof(*curve), by_x);
	for (int i = 0, same; i < points; i += same) {
		double sum = 0;
		for (same = 0; i + same < points && curve[i + same].x == curve[i].x; same++)
			sum += curve[i + same].y;
		curve[kept++] = (struct point){curve[i].x, sum / same};
	}
	return kept;
}

/* The curve's height at x, straight between its points; NAN beyond its ends. */
static double height(const struct point *curve, int points, double x)
{
	for (int i = 0; i < points; i++) {
		if (curve[i].x == x)
			return curve[i].y;
		if (i > 0 && curve[i - 1].x < x && x < curve[i].x)
			return curve[i - 1].y + (curve[i].y - curve[i - 1].y) * (x - curve[i - 1].x) / (curve[i].x - curve[i - 1].x);
	}
	return NAN;
}

/* The first corner of the curve beyond x; INFINITY: none. */
static double corner_after(const struct point *curve, int points, double x)
{
	for (int i = 0; i < points; i++) {
		if (curve[i].x > x)
			return curve[i].x;
	}
	return INFINITY;
}

/* The mean of a's height minus b's over the accuracies that both reach, exact for straight pieces; NAN where that is one point or none. */
static double mean_between(const struct point *a, int as, const struct point *b, int bs)
{
	if (as == 0 || bs == 0)
		return NAN;
	double low = fmax(a[0].x, b[0].x), high = fmin(a[as - 1].x, b[bs - 1].x), area = 0, size = 0;
	if (!(low < high))
		return NAN;
	double left = low;
	while (left < high) {
		double right = fmin(corner_after(a, as, left), corner_after(b, bs, left));
		double of_a = height(a, as, left) + height(a, as, right), of_b = height(b, bs, left) + height(b, bs, right);
		area += (right - left) * (of_a - of_b) / 2;
		size += (right - left) * (of_a + of_b) / 2;
		left = right;
	}
	return mn_without_rounding(area, size) / (high - low);
}

/* The argument of the statistics. */
struct question {
	const struct grid *grid;
	int reg, minus; /* the regularizer, and the one that it is compared with; -1: none */
	int accuracy;   /* which */
	double x;       /* matched accuracy on random labels */
	int least;      /* points that a seed's curves must have to count */
};

static struct mn_bound at_zero(const int *unit, int n, const void *arg)
{
	const struct question *q = arg;
	int level = level_of(q->grid, q->reg, q->accuracy);
	return mn_bound_of(level < 0 || q->grid->x[0] != 0 ? NAN : grid_mean(q->grid, level, 0, unit, n));
}

static struct mn_bound at_match(const int *unit, int n, const void *arg)
{
	const struct question *q = arg;
	struct point curve[GRID_XS_MAX] = {{0, 0}};
	struct mn_bound y = mn_bound_of(height(curve, curve_of(q->grid, q->reg, q->accuracy, unit, n, curve), q->x));
	if (q->minus < 0)
		return y;
	return mn_bound_add(y, -1, mn_bound_of(height(curve, curve_of(q->grid, q->minus, q->accuracy, unit, n, curve), q->x)));
}

static struct mn_bound over_range(const int *unit, int n, const void *arg)
{
	const struct question *q = arg;
	struct point a[GRID_XS_MAX] = {{0, 0}}, b[GRID_XS_MAX] = {{0, 0}};
	int as = curve_of(q->grid, q->reg, q->accuracy, unit, n, a), bs = curve_of(q->grid, q->minus, q->accuracy, unit, n, b);
	return mn_bound_of(mean_between(a, as, b, bs));
}

/* The seeds whose own runs give each curve in question its points. */
static int count_seeds(const struct question *q, int seed[GRID_SEEDS_MAX])
{
	struct point curve[GRID_XS_MAX] = {{0, 0}};
	int seeds = 0;
	for (int s = 0; s < q->grid->seeds; s++) {
		if (curve_of(q->grid, q->reg, q->accuracy, &s, 1, curve) >= q->least &&
		    (q->minus < 0 || curve_of(q->grid, q->minus, q->accuracy, &s, 1, curve) >= q->least))
			seed[seeds++] = s;
	}
	return seeds;
}

/* Whether the curve of all seeds comes to the matched accuracy. */
static int reaches(const struct question *q)
{
	int seed[GRID_SEEDS_MAX], seeds = count_seeds(q, seed);
	return seeds > 0 && isfinite(at_match(seed, seeds, q).low);
}

static int write_claim(const struct claims *claims, const struct question *q, const char *text, const char *statistic, mn_statistic_fn *fn,
                       struct mn_error *err)
{
	int seed[GRID_SEEDS_MAX], seeds = count_seeds(q, seed);
	const struct claim claim = {.claim = text,
	                            .noise = 1,
	                            .statistic = statistic,
	                            .side = q->minus < 0 ? 0 : 1,
	                            .fn = fn,
	                            .arg = q,
	                            .grid = q->grid,
	                            .seed = seed,
	                            .seeds = seeds};
	return seeds ? claim_write(claims, &claim, err) : 0;
}

static int of_grid(const struct claims *claims, const struct grid *grid, struct mn_error *err)
{
	static const char none[] = "without a regularizer", most[] = "dropout keeps the most validation accuracy";
	static const char *const name[ACCURACIES] = {"random_train_accuracy", "best_validation_accuracy", "final_validation_accuracy"};
	char statistic[128];
	int status = 0;
	for (int i = 0; status == 0 && i < ACCURACIES; i++) {
		const struct question q = {grid, DROPOUT, -1, i, 0, 1};
		status = write_claim(claims, &q, none, name[i], at_zero, err);
	}
	for (size_t m = 0; status == 0 && m < sizeof(matched) / sizeof(matched[0]); m++) {
		double x = 0;
		mn_rows_parse(matched[m], &x);
		for (int reg = 0; status == 0 && reg < REGULARIZERS; reg++) {
			const struct question q = {grid, reg, -1, BEST, x, 2};
			snprintf(statistic, sizeof(statistic), "%s_at_%s_%s", name[BEST], matched[m], regularizer[reg]);
			if (reaches(&q))
				status = write_claim(claims, &q, most, statistic, at_match, err);
		}
		for (int reg = DROPOUT + 1; status == 0 && reg < REGULARIZERS; reg++) {
			const struct question q = {grid, DROPOUT, reg, BEST, x, 2};
			snprintf(statistic, sizeof(statistic), "%s_at_%s_dropout_minus_%s", name[BEST], matched[m], regularizer[reg]);
			status = write_claim(claims, &q, most, statistic, at_match, err);
		}
	}
	for (int i = BEST; status == 0 && i < ACCURACIES; i++) {
		for (int reg = DROPOUT + 1; status == 0 && reg < REGULARIZERS; reg++) {
			const struct question q = {grid, DROPOUT, reg, i, 0, 2};
			snprintf(statistic, sizeof(statistic), "%s_dropout_minus_%s", name[i], regularizer[reg]);
			status = write_claim(claims, &q, most, statistic, over_range, err);
		}
	}
	return status;
}

int claims_regularizers(struct claims *claims, const struct mn_source *source, struct mn_error *err)
{
	const struct mn_names by = {dataset, 1}, name = {regularizer, REGULARIZERS};
	struct mn_regularized regularized;
	struct sweep sweep = {0};
	struct grid grid = {0};
	int status = mn_regularized_read(&regularized, &by, &name, source, err);
	for (size_t g = 0; status == 0 && g < regularized.runs.count; g++)
		status = add_run(&sweep, &regularized, regularized.runs.group[g], err);
	if (status == 0)
		status = grid_make(&grid, &sweep, NOISE_LABELS, 0, err);
	if (status == 0) {
		claims->dataset = sweep.dataset;
		claims->kind = noise_kind_name[NOISE_LABELS];
		claims_header(claims);
		status = of_grid(claims, &grid, err);
	}
	grid_free(&grid);
	sweep_free(&sweep);
	mn_regularized_free(&regularized);
	return status;
}
