/* online.h - the largest eigenvalue from noisy products: LeCun, Simard & Pearlmutter (1993).
 *
 *   Psi <- (1 - gamma) Psi + gamma H_p u,   u = Psi / ||Psi||,
 *
 * where H_p is the Hessian on the pattern or minibatch p of that step; the paper takes H_p u as (1/alpha) (grad E_p(w + alpha u) - grad
 * E_p(w)), both gradients on the same p. ||Psi|| is the reading.
 *
 * What it reads. gamma = 1 is power iteration: max |lambda|. With gamma < 1 a negative eigenvalue is damped where it is less than
 * (2 - gamma) / gamma times the largest positive one, and otherwise shows as gamma |lambda| / (2 - gamma). Noise of total variance V in
 * each product puts a floor of sqrt(V gamma / (2 - gamma)) under the reading: a smaller eigenvalue cannot be seen. */
#ifndef MN_ONLINE_H
#define MN_ONLINE_H

#include <stddef.h>
#include <stdint.h>

#include "mn/operator.h"

/* hu = H_p u for the unit vector u, where p is the pattern set of that step (a function of the step alone). 0, or -1 with err. */
typedef int mn_online_product_fn(void *self, int64_t step, const mn_real *u, mn_real *hu, struct mn_error *err);

enum { MN_ONLINE_NOISE_PRODUCTS = 32 };

struct mn_online_options {
	double gamma;       /* 0 < gamma <= 1 */
	double last_gamma;  /* gamma falls geometrically to this at the last step; the same as gamma: no annealing */
	int64_t iterations; /* steps */
	uint64_t seed;      /* of the first Psi: purpose ONLINE, number 0 */
	struct mn_pool *pool;
	mn_estimate_fn *report; /* gets ||Psi|| and, as residual, ||H_p u - Psi|| / ||Psi||; may be NULL */
	void *report_arg;
};

struct mn_online {
	double norm;      /* ||Psi|| */
	double variance;  /* V, total variance of H_p u at the final u, from MN_ONLINE_NOISE_PRODUCTS further products (steps from
	                     `iterations` on) */
	double floor;     /* sqrt(V gamma / (2 - gamma)) at the last gamma */
	double rayleigh;  /* u'Hu on the full data */
	double residual;  /* ||Hu - rayleigh u|| / |rayleigh| */
	int64_t products; /* pattern products */
	mn_real *vector;  /* [n]: u; freed by the caller */
};

/* full: the operator on all data, for the one closing product. Three vectors. 0, or -1 with err. */
int mn_online(size_t n, mn_online_product_fn *product, void *self, struct mn_operator *full, const struct mn_online_options *options,
              struct mn_online *result, struct mn_error *err);

#endif
