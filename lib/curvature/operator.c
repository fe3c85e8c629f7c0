#include "mn/operator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/vectors.h"

int mn_operator_apply(struct mn_operator *op, const mn_real *v, mn_real *hv, struct mn_error *err)
{
	op->products++;
	return op->apply(op->self, v, hv, err);
}

/* How far <u, Hv> and <v, Hu> may differ, in units of ||Hv|| / sqrt(n). Rounding errors of the elements of Hv are independent of u, so
 * they add up like the product itself does by chance; a matrix without symmetry gives a difference of about 1. */
static double symmetry_tolerance(void)
{
	return sizeof(mn_real) == sizeof(float) ? 1e-3 : 1e-9;
}

static int check_repeated(size_t n, const mn_real *hu, const mn_real *again, struct mn_error *err)
{
	size_t different = 0;
	for (size_t i = 0; i < n; i++)
		different += memcmp(&hu[i], &again[i], sizeof *hu) != 0;
	return different ? mn_fail(err,
	                           "the same product twice gave different bits in %zu of %zu elements: the operator changes from call to "
	                           "call "
	                           "(another batch, dropout, noise?), so no eigenvalue of it is defined",
	                           different, n)
	                 : 0;
}

static int check_symmetric(const struct mn_vectors *vec, const mn_real *u, const mn_real *v, const mn_real *hu, const mn_real *hv,
                           struct mn_error *err)
{
	double left = mn_vectors_dot(vec, u, hv), right = mn_vectors_dot(vec, v, hu);
	double size = fmax(mn_vectors_norm(vec, hu), mn_vectors_norm(vec, hv)) / sqrt((double)vec->n);
	if (!isfinite(left) || !isfinite(right))
		return mn_fail(err, "a product with a random vector is not finite");
	if (fabs(left - right) > symmetry_tolerance() * size)
		return mn_fail(err,
		               "the operator is not symmetric: <u,Hv> = %.9g but <v,Hu> = %.9g (typical size %.3g, tolerance %.1e of it)",
		               left, right, size, symmetry_tolerance());
	return 0;
}

int mn_operator_check(struct mn_operator *op, bool exact, uint64_t seed, struct mn_pool *pool, struct mn_error *err)
{
	struct mn_vectors vec;
	if (mn_vectors_new(&vec, op->n, 1, pool, err))
		return -1;
	mn_real *u = malloc(4 * op->n * sizeof *u);
	int status = -1;
	if (!u) {
		mn_fail_memory(err, "symmetry check", 4 * op->n * sizeof *u);
	} else {
		mn_real *hu = u + op->n, *v = hu + op->n, *hv = v + op->n;
		struct mn_key key = {seed, MN_PURPOSE_CHECK};
		mn_vectors_direction(&vec, key, 0, u);
		if (!mn_operator_apply(op, u, hu, err) && !mn_operator_apply(op, u, hv, err) && !check_repeated(op->n, hu, hv, err)) {
			mn_vectors_direction(&vec, key, 1, v);
			if (!exact)
				status = 0;
			else if (!mn_operator_apply(op, v, hv, err))
				status = check_symmetric(&vec, u, v, hu, hv, err);
		}
	}
	free(u);
	mn_vectors_free(&vec);
	return status;
}
