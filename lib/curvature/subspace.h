/* subspace.h - a random [n, columns] matrix of standard normals that is never stored: each row is drawn anew when it is needed. */
#ifndef MN_SUBSPACE_H
#define MN_SUBSPACE_H

#include <stddef.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/pieces.h"
#include "mn/real.h"

enum { MN_SUBSPACE_MOST = 100 };

struct mn_subspace {
	size_t n;
	int columns; /* at most MN_SUBSPACE_MOST and n */
	uint64_t seed;
	struct mn_pool *pool;
	double *partial; /* [pieces, columns (columns + 1)] */
};

int mn_subspace_new(struct mn_subspace *a, size_t n, int columns, uint64_t seed, struct mn_pool *pool, struct mn_error *err);
void mn_subspace_free(struct mn_subspace *a);

/* out = w + A z. */
void mn_subspace_expand(const struct mn_subspace *a, const mn_real *w, const double *z, mn_real *out);
/* out [columns] = A' x. */
void mn_subspace_project(const struct mn_subspace *a, const mn_real *x, double *out);
/* out [columns] = A+ x, by the normal equations. */
int mn_subspace_pseudoinverse(const struct mn_subspace *a, const mn_real *x, double *out, struct mn_error *err);

#endif
