#include "mn/trace.h"

#include <math.h>
#include <stdlib.h>

#include "mn/vectors.h"

int mn_trace(struct mn_operator *op, int64_t probes, uint64_t seed, struct mn_pool *pool, mn_estimate_fn *report, void *report_arg,
             struct mn_trace *result, struct mn_error *err)
{
	struct mn_vectors vec;
	if (mn_vectors_new(&vec, op->n, 1, pool, err))
		return -1;
	mn_real *z = malloc(2 * op->n * sizeof *z), *hz = z ? z + op->n : NULL;
	int status = z ? 0 : mn_fail_memory(err, "trace", 2 * op->n * sizeof *z);
	double mean = 0, squares = 0; /* Welford 1962 */
	*result = (struct mn_trace){.value = NAN, .std_error = NAN};
	for (int64_t i = 0; !status && i < probes; i++) {
		mn_vectors_signs(&vec, (struct mn_key){seed, MN_PURPOSE_TRACE}, (uint64_t)i, z);
		status = mn_operator_apply(op, z, hz, err);
		if (status)
			break;
		double estimate = mn_vectors_dot(&vec, z, hz);
		if (!isfinite(estimate)) {
			status = mn_fail(err, "product %lld with the operator is not finite", (long long)op->products);
			break;
		}
		double difference = estimate - mean;
		mean += difference / (double)(i + 1);
		squares += difference * (estimate - mean);
		double error = i > 0 ? sqrt(squares / ((double)i * (double)(i + 1))) : NAN;
		*result = (struct mn_trace){mean, error, i + 1};
		if (report)
			report(report_arg, i + 1, mean, error);
	}
	free(z);
	mn_vectors_free(&vec);
	return status;
}
