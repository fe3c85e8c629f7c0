/* vectors.h - long vectors of mn_real: sums in double, over pieces of a fixed size, so that no bit depends on the number of threads.
 *
 * A basis is columns of n reals, one after the other: column j begins at basis + j * n. */
#ifndef MN_VECTORS_H
#define MN_VECTORS_H

#include <stdbool.h>

#include "mn/error.h"
#include "mn/pieces.h"
#include "mn/random.h"
#include "mn/real.h"

/* What the operations need: the length, the pool, and memory for partial sums. */
struct mn_vectors {
	size_t n;
	int columns; /* the most that a basis may have */
	struct mn_pool *pool;
	double *partial; /* [pieces, columns] */
	double *block;   /* [threads, columns, rows of a block] */
};

/* 0, or -1 with err. pool may be NULL. */
int mn_vectors_new(struct mn_vectors *vec, size_t n, int columns, struct mn_pool *pool, struct mn_error *err);
void mn_vectors_free(struct mn_vectors *vec);

double mn_vectors_dot(const struct mn_vectors *vec, const mn_real *x, const mn_real *y);
double mn_vectors_norm(const struct mn_vectors *vec, const mn_real *x);
/* out[j] = <column j, y>. */
void mn_vectors_dots(const struct mn_vectors *vec, const mn_real *basis, int columns, const mn_real *y, double *out);
/* y = keep * y + sum over j of c[j] * column j; keep 0: y is not read. */
void mn_vectors_combine(const struct mn_vectors *vec, const mn_real *basis, int columns, const double *c, double keep, mn_real *y);
void mn_vectors_scale(const struct mn_vectors *vec, double factor, mn_real *x);
/* The first `kept` columns become basis * s, where s is [kept][columns]: row i holds the coefficients of the new column i. */
void mn_vectors_rotate(const struct mn_vectors *vec, mn_real *basis, int columns, const double *s, int kept);
/* sqrt of the sum of (x - a y)^2: the norm of a residual. */
double mn_vectors_distance(const struct mn_vectors *vec, const mn_real *x, double a, const mn_real *y);

/* Random vectors: i.i.d. standard normals, or signs +-1 with equal chance. `number` tells draws of one purpose apart. */
void mn_vectors_normals(const struct mn_vectors *vec, struct mn_key key, uint64_t number, mn_real *out);
void mn_vectors_signs(const struct mn_vectors *vec, struct mn_key key, uint64_t number, mn_real *out);
/* Normals scaled to length 1: a uniformly random direction. */
void mn_vectors_direction(const struct mn_vectors *vec, struct mn_key key, uint64_t number, mn_real *out);

#endif
