/* Lanczos and power iteration against matrices whose spectrum is known. */
#include <string.h>

#include "matrix.h"
#include "mn/eigen.h"
#include "test.h"

static struct mn_eigen_options options_of(enum mn_which which, int top)
{
	return (struct mn_eigen_options){
	        .which = which, .top = top, .tolerance = by_precision(1e-10, 1e-5), .max_iterations = 2000, .memory = 64 << 20, .seed = 1};
}

/* Compares the pairs of one end with the wanted values, in order; checks residuals against the operator itself. */
static void check_end(struct test *t, const char *what, struct mn_operator *op, const struct mn_eigenpairs *got, enum mn_which end,
                      const double *want, int count, double tolerance)
{
	double worst = 0, claimed = 0;
	int found = 0, converged = 0;
	mn_real *hv = malloc(op->n * sizeof *hv);
	struct mn_error err;
	for (int i = 0; i < got->count; i++) {
		const struct mn_eigenpair *pair = &got->pair[i];
		if (pair->end != end)
			continue;
		if (found < count && pair->rank == found + 1)
			worst = fmax(worst, fabs(pair->value - want[found]));
		mn_operator_apply(op, pair->vector, hv, &err);
		double sum = 0;
		for (size_t j = 0; j < op->n; j++)
			sum += pow((double)hv[j] - pair->value * (double)pair->vector[j], 2);
		claimed = fmax(claimed, fabs(sqrt(sum) - pair->residual * got->scale));
		found++;
		converged += pair->converged;
	}
	CHECK(t, found == count && converged == count, "%s: %d of %d found, %d converged (%lld products)", what, found, count, converged,
	      (long long)got->products);
	CHECK(t, worst <= tolerance * fmax(1, got->scale), "%s: values off by at most %.3g", what, worst);
	CHECK(t, claimed <= tolerance * fmax(1, got->scale), "%s: the residuals are what they are said to be, %.3g", what, claimed);
	free(hv);
}

static void run(struct test *t, const char *what, struct matrix *m, struct mn_eigen_options options, const double *largest,
                const double *smallest, int count)
{
	struct mn_error err = {0};
	struct mn_operator op = matrix_operator(m);
	struct mn_eigenpairs got;
	double tolerance = by_precision(1e-9, 1e-5);
	if (!CHECK(t, !mn_lanczos(&op, &options, &got, &err), "%s runs %s", what, err.text))
		return;
	CHECK(t, got.complete, "%s: the search ended by itself", what);
	if (largest)
		check_end(t, what, &op, &got, MN_LARGEST, largest, count, tolerance);
	if (smallest)
		check_end(t, what, &op, &got, MN_SMALLEST, smallest, count, tolerance);
	mn_eigenpairs_free(&got);
}

static void test_multiplicity(struct test *t)
{
	double value[200];
	for (int i = 0; i < 200; i++)
		value[i] = i < 9 ? 7 : i < 12 ? 3 : i > 196 ? -4 : 2 * sin(i);
	struct matrix m = {.n = 200, .diagonal = value};
	run(t, "nine copies of the largest", &m, options_of(MN_LARGEST, 11), (double[]){7, 7, 7, 7, 7, 7, 7, 7, 7, 3, 3}, NULL, 11);
	run(t, "three copies of the smallest", &m, options_of(MN_SMALLEST, 3), NULL, (double[]){-4, -4, -4}, 3);
	run(t, "both ends", &m, options_of(MN_BOTH, 3), (double[]){7, 7, 7}, (double[]){-4, -4, -4}, 3);
	run(t, "one from both ends", &m, options_of(MN_BOTH, 1), (double[]){7}, (double[]){-4}, 1);
	double *dense = rotated(200, value, 4);
	struct matrix r = {.n = 200, .dense = dense};
	run(t, "the same, rotated", &r, options_of(MN_BOTH, 3), (double[]){7, 7, 7}, (double[]){-4, -4, -4}, 3);
	free(dense);
}

static void test_random_dense(struct test *t)
{
	size_t n = 150;
	struct mn_error err;
	struct matrix m = {.n = n, .dense = random_symmetric(n, 2)};
	double *copy = malloc(n * n * sizeof *copy), *value = malloc(n * sizeof *value);
	memcpy(copy, m.dense, n * n * sizeof *copy);
	mn_dense_eigen((int)n, copy, value, &err);
	double top[10];
	for (int i = 0; i < 10; i++)
		top[i] = value[n - 1 - (size_t)i];
	run(t, "random symmetric, 10 from both ends", &m, options_of(MN_BOTH, 10), top, value, 10);
	struct mn_eigen_options tight = options_of(MN_LARGEST, 2);
	tight.memory = 7 * n * sizeof(mn_real);
	tight.tolerance = by_precision(1e-10, 1e-5);
	run(t, "random symmetric, memory for 7 vectors", &m, tight, top, NULL, 2);
	tight = options_of(MN_BOTH, 1);
	tight.memory = 9 * n * sizeof(mn_real);
	run(t, "random symmetric, both ends, memory for 9 vectors", &m, tight, top, value, 1);
	run(t, "random symmetric, whole spectrum", &m, options_of(MN_SMALLEST, (int)n), NULL, value, (int)n);
	tight.memory = 6 * n * sizeof(mn_real);
	struct mn_operator op = matrix_operator(&m);
	struct mn_eigenpairs got;
	CHECK(t, mn_lanczos(&op, &tight, &got, &err) == -1 && err.status == MN_EXIT_FAILED && !got.vectors, "too little memory: %s",
	      err.text);
	free(m.dense);
	free(copy);
	free(value);
}

static void test_breakdown(struct test *t)
{
	double zero[40] = {0}, one[40], rank1[40] = {0};
	for (int i = 0; i < 40; i++)
		one[i] = 1;
	rank1[7] = -3;
	struct matrix m = {.n = 40, .diagonal = zero};
	run(t, "zero matrix", &m, options_of(MN_BOTH, 3), zero, zero, 3);
	m.diagonal = one;
	run(t, "identity", &m, options_of(MN_LARGEST, 40), one, NULL, 40);
	m.diagonal = rank1;
	run(t, "rank one", &m, options_of(MN_BOTH, 2), zero, (double[]){-3, 0}, 2);
	double *dense = rotated(40, rank1, 5);
	struct matrix r = {.n = 40, .dense = dense};
	run(t, "rank one, rotated, whole spectrum", &r, options_of(MN_SMALLEST, 40), NULL, (double[40]){-3}, 40);
	m = (struct matrix){.n = 1, .diagonal = rank1 + 7};
	run(t, "one by one, more asked than there are", &m, options_of(MN_BOTH, 5), (double[]){-3}, (double[]){-3}, 1);
	free(dense);
}

/* The spectrum of a trained net, as it is often seen: nine outliers, a narrow bulk around 0 with a few negative values. */
static void fill_net_like(double *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		value[i] = i < 9 ? 10.0 / (double)(i + 1) : 0.3 * exp(-(double)(i % 997) / 40) * (i % 3 ? 1 : -0.2);
}

static void test_net_like(struct test *t)
{
	size_t n = 40000;
	double *value = malloc(n * sizeof *value);
	fill_net_like(value, n);
	struct matrix m = {.n = n, .diagonal = value};
	struct mn_operator op = matrix_operator(&m);
	struct mn_eigen_options options = options_of(MN_LARGEST, 1);
	struct mn_eigenpairs got;
	struct mn_error err;
	options.tolerance = 1e-3;
	mn_lanczos(&op, &options, &got, &err);
	CHECK(t, got.products <= 20 && got.pair[0].converged, "the largest of a net-like spectrum to 1e-3: %lld products",
	      (long long)got.products);
	CHECK(t, fabs(got.pair[0].value - 10) <= got.pair[0].residual * got.scale, "within its residual: %.9g", got.pair[0].value);
	CHECK(t, got.products == op.products, "all products are counted");
	mn_eigenpairs_free(&got);
	options.top = 9;
	mn_lanczos(&op, &options, &got, &err);
	double worst = 0;
	for (int i = 0; i < got.count; i++)
		worst = fmax(worst, fabs(got.pair[i].value - value[i]));
	CHECK(t, got.complete && got.count == 9 && worst <= 1e-3 * got.scale, "nine outliers within %.3g: %lld products", worst,
	      (long long)got.products);
	mn_eigenpairs_free(&got);
	options.max_iterations = 3;
	options.top = 2;
	mn_lanczos(&op, &options, &got, &err);
	CHECK(t, got.iterations == 3 && !got.complete && got.count == 2 && !got.pair[0].converged && got.pair[0].residual > 1e-3,
	      "three products do not suffice, and it says so (residual %.3g)", got.pair[0].residual);
	mn_eigenpairs_free(&got);
	free(value);
}

static void test_threads(struct test *t)
{
	size_t n = 50000;
	double *value = malloc(n * sizeof *value);
	fill_net_like(value, n);
	struct matrix m = {.n = n, .diagonal = value};
	struct mn_eigen_options options = options_of(MN_BOTH, 2);
	options.tolerance = 1e-3;
	struct mn_eigenpairs first = {0};
	struct mn_error err;
	for (int threads = 1; threads <= 4; threads++) {
		struct mn_operator op = matrix_operator(&m);
		struct mn_eigenpairs got;
		options.pool = mn_pool_new(threads, &err);
		mn_lanczos(&op, &options, &got, &err);
		bool same = true;
		for (int i = 0; threads > 1 && i < got.count; i++)
			same = same && got.pair[i].value == first.pair[i].value && got.pair[i].residual == first.pair[i].residual &&
			       !memcmp(got.pair[i].vector, first.pair[i].vector, n * sizeof(mn_real));
		if (threads > 1)
			CHECK(t, same && got.count == first.count && got.products == first.products, "the same bits with %d threads",
			      threads);
		if (threads == 1)
			first = got;
		else
			mn_eigenpairs_free(&got);
		mn_pool_free(options.pool);
	}
	mn_eigenpairs_free(&first);
	free(value);
}

static void test_power(struct test *t)
{
	struct matrix m = {.n = 4, .diagonal = (double[]){2, 1, -5, 0.1}};
	struct mn_operator op = matrix_operator(&m);
	struct mn_eigen_options options = options_of(MN_LARGEST, 1);
	struct mn_eigenpairs got;
	struct mn_error err;
	mn_power(&op, &options, &got, &err);
	CHECK_NEAR(t, got.pair[0].value, -5, by_precision(1e-9, 1e-6), "power iteration finds the largest magnitude, signed");
	CHECK(t, got.pair[0].converged && got.products == got.iterations + 1, "it says that it converged, and counts its closing product");
	mn_eigenpairs_free(&got);
	m.diagonal = (double[]){5, 1, -5, 0.1};
	options.max_iterations = 300;
	mn_power(&op, &options, &got, &err);
	CHECK(t, !got.complete && !got.pair[0].converged, "with 5 and -5 it does not converge, and says so");
	mn_eigenpairs_free(&got);
	m.diagonal = (double[]){0, 0, 0, 0};
	mn_power(&op, &options, &got, &err);
	CHECK(t, got.pair[0].value == 0 && got.pair[0].residual == 0 && got.pair[0].converged, "the zero matrix gives 0");
	mn_eigenpairs_free(&got);
	m.diagonal = (double[]){0, NAN, 0, 0};
	CHECK(t, mn_power(&op, &options, &got, &err) == -1 && !got.vectors, "not finite: %s", err.text);
	CHECK(t, mn_lanczos(&op, &options, &got, &err) == -1 && !got.vectors, "not finite: %s", err.text);
}

int main(void)
{
	struct test t = {0};
	test_multiplicity(&t);
	test_random_dense(&t);
	test_breakdown(&t);
	test_net_like(&t);
	test_threads(&t);
	test_power(&t);
	return test_end(&t);
}
