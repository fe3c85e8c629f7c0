/* krylov.h - an orthonormal basis that grows by products with a symmetric operator, and the operator's projection on it.
 *
 * Columns of the basis: [locked vectors][active vectors][next vector]. The active ones satisfy H Q = Q T + beta next e' up to the locked
 * ones, with T symmetric (tridiagonal, and an arrow after a thick restart). T is taken from the coefficients of the full
 * reorthogonalization, so that restarts and deflation need no bookkeeping of their own. */
#ifndef MN_KRYLOV_H
#define MN_KRYLOV_H

#include <stdbool.h>

#include "mn/operator.h"
#include "mn/vectors.h"

struct mn_krylov {
	struct mn_operator *op;
	struct mn_vectors vec;
	mn_real *basis; /* [capacity][n]; memory that is not used is not touched */
	int capacity;   /* locked + active + 1 <= capacity */
	int locked, active;
	int steps;        /* products since the start of this run */
	bool invariant;   /* the active and locked vectors span an invariant subspace: there is no next vector */
	double beta;      /* norm of what was left of the last product */
	double scale;     /* the largest |Ritz value| seen */
	double *t;        /* [capacity][capacity], rows and columns below active */
	double *ritz;     /* [active] ascending, after mn_krylov_ritz */
	double *s;        /* [active][active]: row i gives Ritz vector i in the active ones */
	double *residual; /* [active]: ||H y - ritz y|| outside the locked vectors, beta |last coefficient| */
	double *h, *again;
};

int mn_krylov_new(struct mn_krylov *k, struct mn_operator *op, int capacity, struct mn_pool *pool, struct mn_error *err);
void mn_krylov_free(struct mn_krylov *k);
mn_real *mn_krylov_column(const struct mn_krylov *k, int j);

/* Begins a run with a random direction orthogonal to the locked vectors; `number` tells the runs' random numbers apart. mixed: the column
 * after the locked ones holds a unit vector that is added first. */
void mn_krylov_start(struct mn_krylov *k, struct mn_key key, uint64_t number, bool mixed);

/* One product. Not to be called when invariant or when locked + active + 1 == capacity. */
int mn_krylov_step(struct mn_krylov *k, struct mn_error *err);

/* Ritz values, coefficients and residuals of the active part. */
int mn_krylov_ritz(struct mn_krylov *k, struct mn_error *err);

/* The first `count` active columns become the Ritz vectors pair[0..count) (distinct), and where mixed > 0 the next column the unit vector
 * along the sum of pair[count .. count + mixed). The active part is then no Krylov basis. */
void mn_krylov_extract(struct mn_krylov *k, const int *pair, int count, int mixed);

/* Thick restart: the active part shrinks to those Ritz vectors, followed by the next vector. */
void mn_krylov_restart(struct mn_krylov *k, const int *pair, int count);

#endif
