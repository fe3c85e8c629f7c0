#include "claim.h"

#include <math.h>
#include <string.h>

#include "mn/summary.h"

const char *mn_verdict(const struct mn_estimate *estimate, int side, int n)
{
	if (side == 0)
		return "";
	double near = side > 0 ? estimate->low : -estimate->high, far = side > 0 ? estimate->high : -estimate->low;
	if (n >= 3 && near > 0)
		return n >= 5 ? "holds" : "suggestive";
	if (n >= 3 && far < 0)
		return "contradicted";
	return "not resolved";
}

/* A claim's statistic, on numbers of the seeds that are resampled. */
struct chosen {
	const struct claim *claim;
	int seed[GRID_SEEDS_MAX];
};

static struct mn_bound of_chosen(const int *unit, int n, const void *arg)
{
	const struct chosen *chosen = arg;
	int seed[GRID_SEEDS_MAX];
	for (int i = 0; i < n; i++)
		seed[i] = chosen->seed[unit[i]];
	return chosen->claim->fn(seed, n, chosen->claim->arg);
}

int claim_write(const struct claims *claims, const struct claim *claim, struct mn_error *err)
{
	struct chosen chosen = {.claim = claim};
	struct mn_estimate e;
	int n = claim->seed ? claim->seeds : grid_seeds(claim->grid, claim->level, claim->levels, chosen.seed);
	if (claim->seed)
		memcpy(chosen.seed, claim->seed, (size_t)n * sizeof(*claim->seed));
	if (mn_bootstrap(of_chosen, &chosen, n, claims->how, &e, err) != 0)
		return -1;
	mn_csv_text(claims->csv, claims->figure);
	mn_csv_text(claims->csv, claim->claim);
	mn_csv_text(claims->csv, claims->dataset);
	mn_csv_text(claims->csv, claims->kind);
	mn_summary_field(claims->csv, claim->noise);
	mn_csv_text(claims->csv, claim->statistic);
	mn_summary_field(claims->csv, e.estimate);
	mn_summary_field(claims->csv, e.low);
	mn_summary_field(claims->csv, e.high);
	mn_csv_int(claims->csv, n);
	mn_csv_text(claims->csv, mn_verdict(&e, claim->side, n));
	mn_csv_end(claims->csv);
	return 0;
}

/* The argument of the statistics below. */
struct levels {
	const struct grid *grid;
	const struct level_claim *about;
	int level, levels; /* the one asked for; how many are taken */
};

static struct mn_bound of_level(const int *unit, int n, const void *arg)
{
	const struct levels *l = arg;
	return l->about->y(l->grid, l->level, unit, n);
}

static struct mn_bound minus_clean(const int *unit, int n, const void *arg)
{
	const struct levels *l = arg;
	return mn_bound_add(l->about->y(l->grid, l->level, unit, n), -1, l->about->y(l->grid, 0, unit, n));
}

enum { LEVELS_MAX = 64 };

static struct mn_bound per_noise(const int *unit, int n, const void *arg)
{
	const struct levels *l = arg;
	struct mn_bound y[LEVELS_MAX];
	for (int i = 0; i < l->levels; i++)
		y[i] = l->about->y(l->grid, i, unit, n);
	return slope(l->grid->noise, y, l->levels);
}

int claim_levels(const struct claims *claims, const struct grid *grid, const struct level_claim *about, struct mn_error *err)
{
	struct levels l = {.grid = grid, .about = about};
	int all[LEVELS_MAX], status = 0;
	while (l.levels < grid->noises && l.levels < LEVELS_MAX && grid->noise[l.levels] < about->below) {
		all[l.levels] = l.levels;
		l.levels++;
	}
	struct claim claim = {.claim = about->claim, .arg = &l, .grid = grid};
	for (l.level = 0; status == 0 && about->of_level && l.level < l.levels; l.level++) {
		claim.noise = grid->noise[l.level];
		claim.statistic = about->of_level;
		claim.side = about->level_side;
		claim.fn = of_level;
		claim.level = &l.level;
		claim.levels = 1;
		status = claim_write(claims, &claim, err);
	}
	bool clean = l.levels > 0 && grid->noise[0] == 0;
	claim.side = about->noise_side;
	for (l.level = 1; status == 0 && about->minus_clean && clean && l.level < l.levels; l.level++) {
		claim.noise = grid->noise[l.level];
		claim.statistic = about->minus_clean;
		claim.fn = minus_clean;
		claim.level = (int[]){0, l.level};
		claim.levels = 2;
		status = claim_write(claims, &claim, err);
	}
	if (status == 0 && about->per_noise && l.levels > 1) {
		claim.noise = NAN;
		claim.statistic = about->per_noise;
		claim.fn = per_noise;
		claim.level = all;
		claim.levels = l.levels;
		status = claim_write(claims, &claim, err);
	}
	return status;
}

static int each_kind(struct claims *claims, const struct sweep *sweep, int part, claims_grid_fn *fn, struct mn_error *err)
{
	int status = 0;
	bool none = true;
	for (int kind = 0; kind < NOISE_KINDS; kind++)
		none = none && !sweep_has(sweep, (enum noise_kind)kind);
	for (int kind = 0; status == 0 && kind < NOISE_KINDS; kind++) {
		/* Runs without any noise are a sweep too, of no kind. */
		if (!sweep_has(sweep, (enum noise_kind)kind) && !(none && kind == 0))
			continue;
		struct grid grid;
		claims->kind = none ? "" : noise_kind_name[kind];
		status = grid_make(&grid, sweep, (enum noise_kind)kind, part, err);
		if (status == 0 && grid.noises > 0)
			status = fn(claims, &grid, (enum noise_kind)kind, part, err);
		grid_free(&grid);
	}
	return status;
}

void claims_header(const struct claims *claims)
{
	static const char *const column[] = {"figure",   "claim", "dataset", "noise_kind", "noise",  "statistic",
	                                     "estimate", "low",   "high",    "n",          "verdict"};
	for (size_t i = 0; i < sizeof(column) / sizeof(column[0]); i++)
		mn_csv_text(claims->csv, column[i]);
	mn_csv_end(claims->csv);
}

int claims_of_runs(struct claims *claims, const struct sweep *sweep, int parts, claims_grid_fn *fn, struct mn_error *err)
{
	int status = 0;
	claims->dataset = sweep->dataset;
	claims_header(claims);
	for (int part = 0; status == 0 && part < parts; part++)
		status = each_kind(claims, sweep, part, fn, err);
	return status;
}

int claims_of_sweep(struct claims *claims, const struct mn_source *source, const struct sweep_columns *columns, int parts,
                    claims_grid_fn *fn, struct mn_error *err)
{
	struct sweep sweep;
	int status = sweep_read(&sweep, source, columns, err);
	if (status == 0)
		status = claims_of_runs(claims, &sweep, parts, fn, err);
	sweep_free(&sweep);
	return status;
}

static const struct {
	const char *figure;
	claims_fn *fn;
} known[] = {
        {"fig1", claims_capacity},       {"fig2-left", claims_time_width},    {"fig2-right", claims_time_size},
        {"fig3-left", claims_sharpness}, {"fig3-right", claims_regularizers}, {"curves", claims_curves},
};

const char mn_claims_figures[] = "fig1|fig2-left|fig2-right|fig3-left|fig3-right|curves";

int mn_claims_write(const char *figure, const struct mn_source *source, const struct mn_resampling *how, struct mn_csv *csv,
                    struct mn_error *err)
{
	struct claims claims = {.figure = figure, .how = how, .csv = csv};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].figure, figure) == 0)
			return known[i].fn(&claims, source, err);
	}
	return mn_misuse(err, "--claims '%s': not one of %s", figure, mn_claims_figures);
}
