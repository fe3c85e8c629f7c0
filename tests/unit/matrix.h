/* matrix.h - small operators with known spectra, for the tests of lib/curvature. */
#ifndef MATRIX_H
#define MATRIX_H

#include <stdlib.h>

#include "mn/dense.h"
#include "mn/operator.h"
#include "mn/random.h"

/* Tolerance by build: double's, or float's. */
static inline double by_precision(double in_double, double in_float)
{
	return sizeof(mn_real) == sizeof(double) ? in_double : in_float;
}

/* A dense [n, n] matrix, or a diagonal one where `dense` is NULL. */
struct matrix {
	size_t n;
	double *dense;
	const double *diagonal;
};

static inline int matrix_apply(void *self, const mn_real *v, mn_real *hv, struct mn_error *err)
{
	(void)err;
	const struct matrix *m = self;
	for (size_t i = 0; i < m->n; i++) {
		double sum = m->dense ? 0 : m->diagonal[i] * (double)v[i];
		for (size_t j = 0; m->dense && j < m->n; j++)
			sum += m->dense[i * m->n + j] * (double)v[j];
		hv[i] = (mn_real)sum;
	}
	return 0;
}

static inline struct mn_operator matrix_operator(struct matrix *m)
{
	return (struct mn_operator){.n = m->n, .apply = matrix_apply, .self = m};
}

/* A symmetric matrix of standard normals; to be freed. */
static inline double *random_symmetric(size_t n, uint64_t seed)
{
	double *a = malloc(n * n * sizeof *a);
	mn_random_normals((struct mn_key){seed, MN_PURPOSE_INIT}, (struct mn_counter){0}, a, n * n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			a[i * n + j] = a[j * n + i];
	return a;
}

/* Q diag(values) Q' with a random rotation Q; to be freed. */
static inline double *rotated(size_t n, const double *values, uint64_t seed)
{
	struct mn_error err;
	double *q = random_symmetric(n, seed), *a = calloc(n * n, sizeof *a), *unused = malloc(n * sizeof *unused);
	mn_dense_eigen((int)n, q, unused, &err);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				a[i * n + j] += q[k * n + i] * values[k] * q[k * n + j];
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			a[i * n + j] = a[j * n + i];
	free(q);
	free(unused);
	return a;
}

#endif
