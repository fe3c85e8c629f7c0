/* operator.h - a symmetric linear operator, given by its products: what the eigenvalue, trace and density methods work on. */
#ifndef MN_OPERATOR_H
#define MN_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mn/error.h"
#include "mn/pieces.h"
#include "mn/real.h"

struct mn_operator {
	size_t n;
	/* hv = H v; both [n], hv does not overlap v. 0, or -1 with err. The same v must give the same bits each time. */
	int (*apply)(void *self, const mn_real *v, mn_real *hv, struct mn_error *err);
	void *self;
	int64_t products; /* how many were made so far */
};

/* hv = H v, counted. 0, or -1 with err (what apply says). */
int mn_operator_apply(struct mn_operator *op, const mn_real *v, mn_real *hv, struct mn_error *err);

/* Is H what the methods take it for? Two random unit vectors u and v (purpose CHECK of random.h): H u twice must give the same bits, and
 * <u, Hv> = <v, Hu> to rounding: the difference is measured against ||Hv|| / sqrt(n), the size such a product has by chance. Three
 * products. exact false: products are finite differences, symmetric only roughly; two products then, and only the bits are compared. 0, or
 * -1 with err saying which of the two does not hold and by how much. */
int mn_operator_check(struct mn_operator *op, bool exact, uint64_t seed, struct mn_pool *pool, struct mn_error *err);

/* Called as an iterative method goes on, with its present estimate of an eigenvalue and the residual of that estimate relative to the
 * largest |Ritz value| seen (NAN where there is none yet). */
typedef void mn_estimate_fn(void *arg, int64_t iterations, double value, double residual);

#endif
