/* The on-line estimator, trace, density, sharpness and the operator check, on matrices whose answers are known. */
#include <string.h>

#include "matrix.h"
#include "mn/online.h"
#include "mn/sharpness.h"
#include "mn/trace.h"
#include "mn/vectors.h"
#include "test.h"

/* A matrix whose products carry Gaussian noise of total variance V, drawn anew at each step. */
struct noisy {
	struct matrix m;
	double variance;
};

static int noisy_product(void *self, int64_t step, const mn_real *u, mn_real *hu, struct mn_error *err)
{
	struct noisy *noisy = self;
	double normal[8];
	matrix_apply(&noisy->m, u, hu, err);
	mn_random_normals((struct mn_key){5, MN_PURPOSE_SHUFFLE}, (struct mn_counter){.epoch = (uint64_t)step}, normal, noisy->m.n);
	for (size_t i = 0; i < noisy->m.n; i++)
		hu[i] += (mn_real)(normal[i] * sqrt(noisy->variance / (double)noisy->m.n));
	return 0;
}

static struct mn_online online(struct noisy *noisy, double gamma, double last, int64_t iterations)
{
	struct mn_operator full = matrix_operator(&noisy->m);
	struct mn_online_options options = {.gamma = gamma, .last_gamma = last, .iterations = iterations, .seed = 3};
	struct mn_online result;
	struct mn_error err;
	mn_online(noisy->m.n, noisy_product, noisy, &full, &options, &result, &err);
	free(result.vector);
	return result;
}

static void test_online(struct test *t)
{
	struct noisy clean = {.m = {.n = 4, .diagonal = (double[]){2, 1, -5, 0.1}}};
	double tolerance = by_precision(1e-9, 1e-5);
	CHECK_NEAR(t, online(&clean, 1, 1, 400).norm, 5, tolerance, "on-line, gamma 1: power iteration");
	CHECK_NEAR(t, online(&clean, 0.9, 0.9, 1000).norm, 0.9 * 5 / 1.1, tolerance, "on-line, gamma 0.9: gamma |lambda-| / (2 - gamma)");
	CHECK_NEAR(t, online(&clean, 0.5, 0.5, 2000).norm, 2, tolerance, "on-line, gamma 0.5: the negative eigenvalue is not seen");
	CHECK_NEAR(t, online(&clean, 0.1, 0.1, 4000).norm, 2, tolerance, "on-line, gamma 0.1");
	struct mn_online last = online(&clean, 0.1, 0.1, 4000);
	CHECK_NEAR(t, last.rayleigh, 2, tolerance, "its closing Rayleigh quotient");
	CHECK(t, last.residual < tolerance && last.floor < 1e-6, "its residual %.3g and floor %.3g are small without noise", last.residual,
	      last.floor);
	CHECK(t, last.products == 4000 + MN_ONLINE_NOISE_PRODUCTS, "its products are counted");
}

/* ||Psi|| goes to max(lambda, sqrt(V gamma / (2 - gamma))). */
static void test_noise_floor(struct test *t)
{
	double value[8] = {2, 1, 0.5, 0.1, 0.1, 0, 0, 0};
	struct noisy noisy = {.m = {.n = 8, .diagonal = value}, .variance = 18};
	struct mn_online above = online(&noisy, 0.01, 0.01, 20000), annealed = online(&noisy, 0.1, 0.001, 20000);
	CHECK_NEAR(t, above.norm, 2, 0.15, "above the floor the reading is the eigenvalue");
	CHECK(t, above.floor < 0.5 && above.rayleigh > 1.8, "floor %.3g below the reading, Rayleigh quotient %.4g", above.floor,
	      above.rayleigh);
	CHECK_NEAR(t, annealed.norm, 2, 0.05, "annealing gamma makes the reading finer");
	/* A single reading below the floor scatters, so the law is tested on the mean of many. */
	double squares = 0, variance = 0, rayleigh = 0, law = 18 * 0.9 / 1.1;
	int readings = 400;
	for (int i = 0; i < readings; i++) {
		struct mn_online below = online(&noisy, 0.9, 0.9, 50 + 33 * i);
		squares += below.norm * below.norm / readings;
		variance += below.variance / readings;
		rayleigh += below.rayleigh / readings;
		if (i == 0)
			CHECK_NEAR(t, below.floor, sqrt(below.variance * 0.9 / 1.1), 1e-12, "the floor is sqrt(V gamma / (2 - gamma))");
	}
	CHECK_NEAR(t, variance, 18, 0.03, "V is measured");
	CHECK(t, squares > 0.95 * law && squares < 1.35 * law, "below the floor ||Psi||^2 is noise: %.4g, the law says %.4g", squares, law);
	CHECK(t, rayleigh < 1, "and its direction says nothing: mean Rayleigh quotient %.3g", rayleigh);
}

static void test_trace(struct test *t)
{
	double value[300], sum = 0, exact = 0, off_diagonal = 0;
	for (int i = 0; i < 300; i++)
		sum += value[i] = sin(i) + 0.25;
	struct matrix m = {.n = 300, .diagonal = value};
	struct mn_operator op = matrix_operator(&m);
	struct mn_trace trace;
	struct mn_error err;
	mn_trace(&op, 5, 1, NULL, NULL, NULL, &trace, &err);
	CHECK_NEAR(t, trace.value, sum, by_precision(1e-12, 1e-6), "Hutchinson on a diagonal matrix is exact");
	CHECK(t, trace.std_error <= by_precision(1e-12, 1e-5), "and has no variance: %.3g", trace.std_error);
	CHECK(t, trace.probes == 5 && op.products == 5, "one product a probe");
	mn_trace(&op, 1, 1, NULL, NULL, NULL, &trace, &err);
	CHECK(t, isnan(trace.std_error), "one probe has no standard error");
	m.dense = random_symmetric(300, 3);
	for (size_t i = 0; i < 300; i++) {
		exact += m.dense[i * 300 + i];
		for (size_t j = 0; j < i; j++)
			off_diagonal += 2 * m.dense[i * 300 + j] * m.dense[i * 300 + j];
	}
	mn_trace(&op, 200, 1, NULL, NULL, NULL, &trace, &err);
	CHECK_NEAR(t, trace.std_error, sqrt(2 * off_diagonal / 200), 0.2, "the standard error is that of the formula");
	CHECK(t, fabs(trace.value - exact) < 4 * trace.std_error, "the trace %.5g within 4 standard errors of %.5g", trace.value, exact);
	free(m.dense);
}

static void test_density(struct test *t)
{
	double value[500], at[400], density[400], trace = 0, squares = 0;
	for (int i = 0; i < 500; i++) {
		value[i] = i < 5 ? 10 : cos(i);
		trace += value[i];
		squares += value[i] * value[i];
	}
	struct matrix m = {.n = 500, .diagonal = value};
	struct mn_operator op = matrix_operator(&m);
	struct mn_density d;
	struct mn_error err;
	mn_density(&op, 20, 40, 1 << 20, 1, NULL, NULL, NULL, &d, &err);
	double weight = 0, first = 0, second = 0, top = 0;
	bool good = true;
	for (int64_t i = 0; i < d.count; i++) {
		weight += d.weight[i];
		first += d.weight[i] * d.value[i];
		second += d.weight[i] * d.value[i] * d.value[i];
		top += d.value[i] > 5 ? d.weight[i] : 0;
		good = good && d.weight[i] >= 0 && (i == 0 || d.value[i - 1] <= d.value[i]);
	}
	CHECK_NEAR(t, weight, 1, 1e-12, "the weights of the density sum to 1");
	CHECK(t, good && d.count == 800 && d.products == 800, "points ascend, weights are not negative, one product each");
	/* Standard deviation of a moment over 40 probes of 500 dimensions: about sd(value^k) sqrt(2 / (500 * 40)). */
	CHECK(t, fabs(first - trace / 500) < 4 * 1.4 * 0.01, "first moment %.4g, trace / n %.4g", first, trace / 500);
	CHECK(t, fabs(second - squares / 500) < 4 * 10 * 0.01, "second moment %.4g, squares / n %.4g", second, squares / 500);
	CHECK(t, fabs(top - 0.01) < 0.004, "1%% of the eigenvalues are 10: weight %.4g", top);
	mn_density_smooth(&d, 0.1, 400, at, density);
	double sum = 0;
	for (int i = 0; i < 400; i++)
		sum += density[i] * (at[1] - at[0]);
	CHECK_NEAR(t, sum, 1, 1e-12, "the smoothed density integrates to 1");
	mn_density_free(&d);
	CHECK(t, mn_density(&op, 20, 1, 20 * 500 * sizeof(mn_real), 1, NULL, NULL, NULL, &d, &err) == -1, "too little memory: %s",
	      err.text);
	m = (struct matrix){.n = 3, .diagonal = (double[]){1, 1, 4}};
	op = matrix_operator(&m);
	mn_density(&op, 10, 2000, 1 << 20, 1, NULL, NULL, NULL, &d, &err);
	double ones = 0;
	for (int64_t i = 0; i < d.count; i++)
		ones += fabs(d.value[i] - 1) < 1e-4 ? d.weight[i] : 0;
	CHECK(t, fabs(ones - 2.0 / 3) < 0.03, "breakdown: two thirds of the weight at 1 (%.4g)", ones);
	mn_density_free(&d);
}

static int drifting(void *self, const mn_real *v, mn_real *hv, struct mn_error *err)
{
	struct matrix *m = self;
	matrix_apply(m, v, hv, err);
	hv[3] *= (mn_real)(1 + 1e-3 * m->dense[0]++);
	return 0;
}

static void test_operator_check(struct test *t)
{
	struct mn_error err = {0};
	struct matrix m = {.n = 50, .dense = random_symmetric(50, 9)};
	struct mn_operator op = matrix_operator(&m);
	CHECK(t, !mn_operator_check(&op, true, 1, NULL, &err) && op.products == 3, "a symmetric operator passes %s", err.text);
	m.dense[7 * 50 + 11] += 0.5;
	CHECK(t, mn_operator_check(&op, true, 1, NULL, &err) == -1 && strstr(err.text, "not symmetric"), "%s", err.text);
	op.apply = drifting;
	CHECK(t, mn_operator_check(&op, true, 1, NULL, &err) == -1 && strstr(err.text, "different bits"), "%s", err.text);
	m.dense[5] = NAN;
	op.apply = matrix_apply;
	CHECK(t, mn_operator_check(&op, true, 1, NULL, &err) == -1 && strstr(err.text, "not finite"), "%s", err.text);
	free(m.dense);
}

/* L = loss0 + g'd + d'Dd / 2 around a fixed point, D diagonal: its maximum over the box is known. */
struct bowl {
	size_t n;
	const mn_real *centre;
	const double *slope, *curvature;
};

static int bowl(void *self, const mn_real *w, double *loss, mn_real *gradient, struct mn_error *err)
{
	(void)err;
	const struct bowl *b = self;
	*loss = 0.5;
	for (size_t i = 0; i < b->n; i++) {
		double d = (double)w[i] - (double)b->centre[i];
		*loss += b->slope[i] * d + b->curvature[i] * d * d / 2;
		gradient[i] = (mn_real)(b->slope[i] + b->curvature[i] * d);
	}
	return 0;
}

static void test_sharpness(struct test *t)
{
	enum { N = 300 };
	mn_real w[N];
	double slope[N], curvature[N], epsilon = 0.01, convex = 0, mixed = 0;
	struct bowl b = {N, w, slope, curvature};
	struct mn_sharpness s;
	struct mn_error err;
	for (int i = 0; i < N; i++) {
		w[i] = (mn_real)sin(3 * i);
		slope[i] = 0;
		curvature[i] = i % 7;
		double half = epsilon * (fabs((double)w[i]) + 1);
		convex += curvature[i] * half * half / 2;
	}
	double tolerance = by_precision(1e-9, 1e-3);
	mn_sharpness(bowl, &b, N, w, epsilon, false, 1, NULL, &s, &err);
	CHECK_NEAR(t, s.value, 100 * convex / 1.5, tolerance, "sharpness at the bottom of a bowl: a corner of the box");
	for (int i = 0; i < N; i++) {
		slope[i] = 0.02 * cos(i);
		curvature[i] = i % 2 ? 3 : -4;
		double half = epsilon * (fabs((double)w[i]) + 1);
		/* Curved downwards the best is slope / |curvature| where that is inside. */
		double d = curvature[i] > 0 ? half : fmin(half, fabs(slope[i]) / -curvature[i]);
		mixed += fabs(slope[i]) * d + curvature[i] * d * d / 2;
	}
	mn_sharpness(bowl, &b, N, w, epsilon, false, 1, NULL, &s, &err);
	CHECK(t, s.value <= 100 * mixed / 1.5 * (1 + tolerance) && s.value >= 0.98 * 100 * mixed / 1.5,
	      "sharpness on a slope, curved both ways: %.6g of %.6g in %d evaluations", s.value, 100 * mixed / 1.5, s.evaluations);
	CHECK(t, s.iterations <= MN_SHARPNESS_ITERATIONS && s.loss == 0.5, "within ten iterations, from L(w)");
	struct mn_sharpness again;
	struct mn_pool *pool = mn_pool_new(3, &err);
	mn_sharpness(bowl, &b, N, w, epsilon, true, 1, NULL, &s, &err);
	mn_sharpness(bowl, &b, N, w, epsilon, true, 1, pool, &again, &err);
	CHECK(t, s.value > 0 && s.value == again.value, "in a random subspace: %.6g, the same with 3 threads", s.value);
	mn_pool_free(pool);
	/* In one dimension per weight (n <= 100) the subspace is everything, its box another one; a linear loss has its maximum known. */
	b.n = 1;
	slope[0] = 2;
	curvature[0] = 0;
	mn_sharpness(bowl, &b, 1, w, epsilon, true, 1, NULL, &s, &err);
	double a;
	mn_random_normals((struct mn_key){1, MN_PURPOSE_SHARPNESS}, (struct mn_counter){.epoch = 1}, &a, 1);
	double linear = 2 * fabs(a) * epsilon * (fabs((double)w[0] / a) + 1);
	CHECK_NEAR(t, s.value, 100 * linear / 1.5, by_precision(1e-9, 1e-3),
	           "a subspace of one column: eps (|w / a| + 1) |a| along the slope");
}

int main(void)
{
	struct test t = {0};
	test_online(&t);
	test_noise_floor(&t);
	test_trace(&t);
	test_density(&t);
	test_operator_check(&t);
	test_sharpness(&t);
	return test_end(&t);
}
