#include "result.h"

#include <math.h>
#include <stdlib.h>

struct candidate {
	double value, distance; /* ||Hv - value v|| */
	const mn_real *vector;
};

static int ascending(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->value != y->value)
		return x->value > y->value ? 1 : -1;
	return x->vector > y->vector ? 1 : -1;
}

static void list_end(struct mn_eigenpairs *result, const struct mn_eigen_options *options, const struct candidate *sorted, int columns,
                     enum mn_which end)
{
	for (int i = 0; i < options->top && i < columns; i++) {
		const struct candidate *from = &sorted[end == MN_LARGEST ? columns - 1 - i : i];
		double residual = from->distance > 0 ? from->distance / result->scale : 0;
		result->pair[result->count++] = (struct mn_eigenpair){.end = end,
		                                                      .rank = i + 1,
		                                                      .value = from->value,
		                                                      .residual = residual,
		                                                      .converged = residual <= options->tolerance,
		                                                      .vector = from->vector};
	}
}

int mn_eigenpairs_check(struct mn_eigenpairs *result, struct mn_operator *op, const struct mn_eigen_options *options,
                        const struct mn_vectors *vec, mn_real *basis, int columns, mn_real *work, struct mn_error *err)
{
	struct candidate *candidate = calloc((size_t)columns + 1, sizeof *candidate);
	result->pair = calloc(2 * (size_t)columns + 1, sizeof *result->pair);
	int status = candidate && result->pair ? 0 : mn_fail_memory(err, "eigenpairs", (size_t)columns * sizeof *result->pair);
	for (int i = 0; !status && i < columns; i++) {
		mn_real *v = basis + (size_t)i * op->n;
		mn_vectors_scale(vec, 1 / mn_vectors_norm(vec, v), v);
		status = mn_operator_apply(op, v, work, err);
		if (status)
			break;
		double value = mn_vectors_dot(vec, v, work);
		candidate[i] = (struct candidate){value, mn_vectors_distance(vec, work, value, v), v};
		result->scale = fmax(result->scale, fabs(value));
	}
	if (!status) {
		qsort(candidate, (size_t)columns, sizeof *candidate, ascending);
		if (options->which != MN_SMALLEST)
			list_end(result, options, candidate, columns, MN_LARGEST);
		if (options->which != MN_LARGEST)
			list_end(result, options, candidate, columns, MN_SMALLEST);
	}
	free(candidate);
	return status;
}

void mn_eigenpairs_free(struct mn_eigenpairs *result)
{
	free(result->pair);
	free(result->vectors);
	*result = (struct mn_eigenpairs){0};
}
