/* sharpness.h - how much the loss can rise nearby: Keskar et al. (2017).
 *
 *   phi = 100 (max over z in the box of L(w + A z) - L(w)) / (1 + L(w)),   |z_i| <= eps (|(A+ w)_i| + 1),
 *
 * A the identity (full space) or a random [n, 100] matrix, A+ its pseudo-inverse. The paper says of the matrix only that its columns are
 * random: ours are i.i.d. standard normals, not scaled (unit columns would shrink the box by sqrt(n)).
 *
 * The paper maximizes by ten iterations of L-BFGS-B. We make ten of the spectral projected gradient method (Birgin, Martinez & Raydan 2000)
 * in coordinates in which the box is [-1, 1]^d, from its centre: it needs a few vectors, and where the loss is convex along its path, as at
 * a minimum, its steps go from corner to corner. phi is thus a lower bound, as the paper's is. It is not invariant to rescaling the net. */
#ifndef MN_SHARPNESS_H
#define MN_SHARPNESS_H

#include <stdbool.h>

#include <stddef.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/pieces.h"
#include "mn/real.h"

/* The loss at w [n] and its gradient [n]. 0, or -1 with err. */
typedef int mn_loss_gradient_fn(void *self, const mn_real *w, double *loss, mn_real *gradient, struct mn_error *err);

enum { MN_SHARPNESS_ITERATIONS = 10, MN_SHARPNESS_SUBSPACE = 100 };

struct mn_sharpness {
	double value;         /* phi, in percent */
	double loss, highest; /* L(w), and the largest loss found */
	int iterations;       /* at most MN_SHARPNESS_ITERATIONS */
	int evaluations;      /* of loss and gradient */
};

/* subspace false: A is the identity. Random numbers: purpose SHARPNESS. 0, or -1 with err. */
int mn_sharpness(mn_loss_gradient_fn *evaluate, void *self, size_t n, const mn_real *w, double epsilon, bool subspace, uint64_t seed,
                 struct mn_pool *pool, struct mn_sharpness *result, struct mn_error *err);

#endif
