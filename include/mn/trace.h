/* trace.h - stochastic estimates from products: the trace and the spectral density. */
#ifndef MN_TRACE_H
#define MN_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "mn/operator.h"

struct mn_trace {
	double value;
	double std_error; /* of value: standard deviation of the probes / sqrt(probes); NAN with one probe */
	int64_t probes;
};

/* Hutchinson's estimate (1990): the mean of z'Hz over vectors of random signs (purpose TRACE). Its variance is 2 sum over i != j of
 * H_ij^2: none for a diagonal matrix. One product a probe. 0, or -1 with err. report gets the mean and its standard error. */
int mn_trace(struct mn_operator *op, int64_t probes, uint64_t seed, struct mn_pool *pool, mn_estimate_fn *report, void *report_arg,
             struct mn_trace *result, struct mn_error *err);

/* The density of eigenvalues as weighted points: weights are positive and sum to 1. */
struct mn_density {
	int64_t count;
	double *value, *weight; /* [count], ascending by value */
	int64_t products;
};

/* Stochastic Lanczos quadrature (Golub & Meurant; Ghorbani et al. 2019): `steps` Lanczos steps with full reorthogonalization from each of
 * `probes` random directions (purpose DENSITY); the points are the eigenvalues of T, the weights the squared first components of its
 * eigenvectors, averaged over the probes. A Gauss quadrature: exact for polynomials up to degree 2 steps - 1 of the probe. Needs steps + 1
 * vectors of n reals within `memory` bytes. 0, or -1 with err. report gets the largest Ritz value of each probe. */
int mn_density(struct mn_operator *op, int steps, int64_t probes, size_t memory, uint64_t seed, struct mn_pool *pool,
               mn_estimate_fn *report, void *report_arg, struct mn_density *result, struct mn_error *err);

/* The points blurred by a Gaussian of standard deviation `width`, as the mean density of each of `cells` equal cells around at[0..cells);
 * density * (at[1] - at[0]) sums to 1. The cells reach 4 widths beyond the points, and the outermost ones take the tails. cells >= 2. */
void mn_density_smooth(const struct mn_density *points, double width, int cells, double *at, double *density);

void mn_density_free(struct mn_density *density);

#endif
