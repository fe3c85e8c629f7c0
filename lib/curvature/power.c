#include "mn/eigen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/vectors.h"
#include "result.h"

int mn_power(struct mn_operator *op, const struct mn_eigen_options *options, struct mn_eigenpairs *result, struct mn_error *err)
{
	struct mn_vectors vec;
	int64_t before = op->products;
	*result = (struct mn_eigenpairs){0};
	if (mn_vectors_new(&vec, op->n, 1, options->pool, err))
		return -1;
	result->vectors = malloc(2 * op->n * sizeof *result->vectors);
	int status = result->vectors ? 0 : mn_fail_memory(err, "power iteration", 2 * op->n * sizeof *result->vectors);
	mn_real *v = result->vectors, *w = status ? NULL : v + op->n;
	if (!status)
		mn_vectors_direction(&vec, (struct mn_key){options->seed, MN_PURPOSE_LANCZOS}, 0, v);
	while (!status && !result->complete && result->iterations < options->max_iterations) {
		status = mn_operator_apply(op, v, w, err);
		if (status)
			break;
		result->iterations++;
		double value = mn_vectors_dot(&vec, v, w), length = mn_vectors_norm(&vec, w);
		double distance = mn_vectors_distance(&vec, w, value, v);
		if (!isfinite(length)) {
			status = mn_fail(err, "product %lld with the operator is not finite", (long long)op->products);
			break;
		}
		result->scale = fmax(result->scale, fabs(value));
		/* The final check repeats this product and must not end beyond the tolerance. */
		result->complete = distance <= 0.99 * options->tolerance * result->scale;
		if (options->report)
			options->report(options->report_arg, result->iterations, value, distance > 0 ? distance / result->scale : 0);
		if (!result->complete) {
			memcpy(v, w, op->n * sizeof *v);
			mn_vectors_scale(&vec, 1 / length, v);
		}
	}
	struct mn_eigen_options one = *options;
	one.top = 1;
	one.which = options->which == MN_SMALLEST ? MN_SMALLEST : MN_LARGEST;
	if (!status)
		status = mn_eigenpairs_check(result, op, &one, &vec, v, 1, w, err);
	result->products = op->products - before;
	mn_vectors_free(&vec);
	if (status)
		mn_eigenpairs_free(result);
	return status;
}
