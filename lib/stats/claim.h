/* claim.h - what the files of one figure's claims share. */
#ifndef MN_CLAIM_H
#define MN_CLAIM_H

#include "mn/claims.h"
#include "sweep.h"

/* Where rows go, and the fields that they have in common. */
struct claims {
	const char *figure, *dataset, *kind;
	const struct mn_resampling *how;
	struct mn_csv *csv;
};

/* One row: a statistic, resampled over those seeds of the grid that have runs at the levels it is about. noise: NAN where it is about all
 * levels. side: as of mn_verdict. */
struct claim {
	const char *claim;
	double noise;
	const char *statistic;
	int side;
	mn_statistic_fn *fn; /* of numbers of seeds in the grid */
	const void *arg;
	const struct grid *grid;
	const int *level;
	int levels;
	const int *seed; /* other seeds than those, or NULL */
	int seeds;
};

int claim_write(const struct claims *claims, const struct claim *claim, struct mn_error *err);

/* A part of a claim's statistics: y of one noise level, for a sample of seeds. */
typedef struct mn_bound level_fn(const struct grid *grid, int level, const int *unit, int n);

/* What the paper says of a quantity that each noise level has, and how its rows are to be called. */
struct level_claim {
	const char *claim;
	level_fn *y;
	const char *of_level;       /* y itself, a row a level; NULL: no such rows */
	const char *minus_clean;    /* y(p) - y(0), a row a level above 0; NULL: no such rows */
	const char *per_noise;      /* the slope of y over the levels, one row; NULL: no such row */
	int level_side, noise_side; /* which side of 0 is the paper's: of y itself (0: none), and of the two comparisons */
	double below;               /* levels up to this one, not included, are taken */
};

/* Those rows. */
int claim_levels(const struct claims *claims, const struct grid *grid, const struct level_claim *about, struct mn_error *err);

/* One file a figure; each reads its rows itself. */
typedef int claims_fn(struct claims *claims, const struct mn_source *source, struct mn_error *err);
claims_fn claims_capacity, claims_time_width, claims_time_size, claims_sharpness, claims_regularizers, claims_curves;

/* Reads the sweep, writes the header, and calls fn for each part (0 ... parts-1) and each kind of noise that it has with that grid;
 * a part without runs is passed over. */
typedef int claims_grid_fn(const struct claims *claims, const struct grid *grid, enum noise_kind kind, int part, struct mn_error *err);
int claims_of_sweep(struct claims *claims, const struct mn_source *source, const struct sweep_columns *columns, int parts,
                    claims_grid_fn *fn, struct mn_error *err);
/* The same of a sweep that was read otherwise. */
int claims_of_runs(struct claims *claims, const struct sweep *sweep, int parts, claims_grid_fn *fn, struct mn_error *err);
void claims_header(const struct claims *claims);

#endif
