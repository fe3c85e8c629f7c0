/* sweep.h - the runs of a sweep as a grid: noise level x capacity (or size) x seed. Used by the claims alone. */
#ifndef MN_SWEEP_H
#define MN_SWEEP_H

#include <stddef.h>

#include "mn/bootstrap.h"
#include "mn/rows.h"

enum { SWEEP_SORTING = 8 };

/* Which columns make a sweep. */
struct sweep_columns {
	const char *x; /* the horizontal axis; NULL: there is none (x = 0) */
	const char *value;
	const char *censored; /* of value: 0 or 1; NULL: there is none */
	/* Columns that tell parts of a sweep apart (at the end, at matched loss), and which part a row's fields of them belong to: from 0,
	 * or -1 to pass over the row. Ends with NULL. */
	const char *sorting[SWEEP_SORTING + 1];
	int (*part)(char *const *field);
};

struct sweep_cell {
	double label_noise, input_noise, x, seed, value;
	int censored, part;
};

struct sweep {
	char *dataset;
	struct sweep_cell *cell;
	size_t cells, room;
};

/* Reads the rows; they must be of one data set and have noise of one kind at most. Empty values and such that are not finite are passed
 * over, but the infinite time of a censored run is kept. 0, or -1 with err. To be freed in either case. */
int sweep_read(struct sweep *sweep, const struct mn_source *source, const struct sweep_columns *columns, struct mn_error *err);
/* What reading is made of: one run more, and that it is of the data set of the others. 0, or -1 with err. */
int sweep_add(struct sweep *sweep, const struct sweep_cell *cell, struct mn_error *err);
int sweep_of_dataset(struct sweep *sweep, const char *dataset, const struct mn_place *place, struct mn_error *err);
void sweep_free(struct sweep *sweep);

enum noise_kind { NOISE_INPUTS, NOISE_LABELS, NOISE_KINDS };
extern const char *const noise_kind_name[NOISE_KINDS];

/* Is there any noise of this kind? */
int sweep_has(const struct sweep *sweep, enum noise_kind kind);

enum { GRID_SEEDS_MAX = 256, GRID_XS_MAX = 256 };

/* One part of a sweep and one kind of noise (and no noise, which belongs to both), axes in rising order. */
struct grid {
	double *noise, *x, *seed;
	int noises, xs, seeds;
	double *value; /* [noises][xs][seeds]; NAN where there is no run */
	char *censored;
};

/* A run that is there twice is an error. 0, or -1 with err. To be freed in either case. */
int grid_make(struct grid *grid, const struct sweep *sweep, enum noise_kind kind, int part, struct mn_error *err);
void grid_free(struct grid *grid);

double grid_value(const struct grid *grid, int noise, int x, int seed);

/* The seeds that have a run at each of these noise levels, at some x: their number, and which in seed[GRID_SEEDS_MAX]. */
int grid_seeds(const struct grid *grid, const int *level, int levels, int *seed);

/* The mean over a sample of seeds of those that are there; NAN where none is. */
double grid_mean(const struct grid *grid, int noise, int x, const int *unit, int n);

/* The logarithm of the Kaplan-Meier median over a sample of seeds. Where it was not reached it is bounded from below by the last time seen,
 * where the curve ends level at 1/2 by the start of that stretch. A time of INFINITY is that of a run that never gets there; nothing is
 * known where all are. */
struct mn_bound grid_log_median(const struct grid *grid, int noise, int x, const int *unit, int n);

/* The least-squares slope of y on x; points with nothing known are left out; fewer than 2 others: nothing known. */
struct mn_bound slope(const double *x, const struct mn_bound *y, int n);

#endif
