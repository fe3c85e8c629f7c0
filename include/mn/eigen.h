/* eigen.h - extreme eigenvalues of a symmetric operator by Lanczos and by power iteration, each with the residual that vouches for it.
 *
 * A residual is ||H v - lambda v|| / (the largest |Ritz value| seen), v a unit vector; an eigenvalue of H then lies within that distance of
 * lambda (Parlett 1980). Nothing stops because an estimate has ceased to change. */
#ifndef MN_EIGEN_H
#define MN_EIGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mn/operator.h"

enum mn_which {
	MN_LARGEST,  /* algebraically */
	MN_SMALLEST, /* algebraically: the most negative ones first */
	MN_BOTH,     /* `top` from each end */
};

struct mn_eigen_options {
	enum mn_which which;
	int top;                /* K: how many from an end */
	double tolerance;       /* on the residual */
	int64_t max_iterations; /* the most products, the final check (one product for each reported vector) not counted */
	size_t memory;          /* bytes for vectors of n reals */
	uint64_t seed;
	struct mn_pool *pool;   /* may be NULL */
	mn_estimate_fn *report; /* may be NULL */
	void *report_arg;
};

struct mn_eigenpair {
	enum mn_which end;     /* MN_LARGEST or MN_SMALLEST; for power iteration what the options say */
	int rank;              /* from 1, the extreme one */
	double value;          /* the Rayleigh quotient of the vector */
	double residual;       /* true, from one more product */
	bool converged;        /* residual <= tolerance */
	const mn_real *vector; /* [n], unit length, inside the result */
};

struct mn_eigenpairs {
	struct mn_eigenpair *pair; /* the largest first, then the smallest */
	int count;                 /* K, or twice K, or less where n or the products did not suffice */
	int64_t iterations;        /* steps of the method */
	int64_t products;          /* all products, final checks included */
	double scale;              /* the largest |Ritz value| seen */
	bool complete;             /* the search ended by itself: no copy of a multiple eigenvalue is known to be missing */
	mn_real *vectors;          /* memory of the vectors */
};

/* Lanczos with full reorthogonalization (classical Gram-Schmidt twice) and thick restart (Wu & Simon 2000) in as many vectors as memory
 * holds. Random starts: purpose LANCZOS, one for each run. Converged vectors are locked and deflated, and a fresh random start follows, as
 * it does where the recurrence breaks down; so multiple eigenvalues are found as often as they occur. With K > 1 the search ends when a
 * fresh start finds nothing beyond the K that are locked. A pair counts as converged after 8 products of its run at the earliest: a random
 * vector's own residual is small where most eigenvalues are. 0, or -1 with err (memory that does not hold the vectors needed included). */
int mn_lanczos(struct mn_operator *op, const struct mn_eigen_options *options, struct mn_eigenpairs *result, struct mn_error *err);

/* Power iteration from a random start (purpose LANCZOS): the eigenvalue of largest magnitude, with its sign. `which` and `top` are not
 * used. Where lambda and -lambda are both extreme it does not converge. Three vectors. */
int mn_power(struct mn_operator *op, const struct mn_eigen_options *options, struct mn_eigenpairs *result, struct mn_error *err);

void mn_eigenpairs_free(struct mn_eigenpairs *result);

#endif
