/* Hessian products of networks against closed forms and dense Hessians; all methods against their eigenvalues. */
#include <string.h>

#include "mn/gemm.h"
#include "mn/online.h"
#include "problem.h"
#include "test.h"

/* H = (I - 11'/K) / K (x) C at W = 0. */
static void test_softmax_at_zero(struct test *t)
{
	enum { K = 5, D = 13 };
	struct problem p;
	struct mn_objective o;
	struct mn_error err;
	struct mn_eigenpairs got;
	open_problem(&p, &o, "fc5", K, 60, 0);
	double value[D], trace = 0, sum = 0, worst = 0, *c = second_moments(&p, D);
	for (int i = 0; i < D; i++)
		trace += c[i * D + i];
	mn_dense_eigen(D, c, value, &err);
	find(&o, MN_LARGEST, 2 * (K - 1), &got);
	for (int i = 0; i < got.count; i++)
		worst = fmax(worst, fabs(got.pair[i].value - value[D - 1 - i / (K - 1)] / K));
	CHECK(t, got.count == 2 * (K - 1) && got.complete, "softmax regression at W = 0: eigenvalues %d times each", K - 1);
	CHECK(t, worst < by_precision(1e-9, 1e-5), "they are those of C / K: off by %.3g", worst);
	mn_eigenpairs_free(&got);
	double *h = dense_hessian(&o);
	for (size_t i = 0; i < o.net->size; i++)
		sum += h[i * o.net->size + i];
	CHECK_NEAR(t, sum, (K - 1.0) / K * trace, by_precision(1e-9, 1e-5), "trace (K - 1) / K tr C");
	for (int64_t i = 0; i < p.data.rows; i++)
		p.data.labels[i] = 0;
	CHECK_NEAR(t, largest(&o), value[D - 1] / K, by_precision(1e-9, 1e-5), "the labels do not matter");
	free(h);
	free(c);
	close_problem(&p, &o);
}

/* Where coefficient (class, input) of softmax regression stands in the flat vector: weights [K, D - 1], then biases. */
static size_t place(size_t class, size_t input, size_t classes, size_t d)
{
	return input + 1 < d ? class * (d - 1) + input : classes * (d - 1) + class;
}

/* One layer at any W: H = (1/N) sum (diag p - p p') (x) x x' for cross-entropy, C (x) I for squared error. */
static void test_one_layer(struct test *t, enum mn_loss_kind loss)
{
	enum { K = 4, D = 13, N = K * D };
	struct problem p;
	struct mn_objective o;
	open_problem(&p, &o, "fc4", K, 40, 0.4);
	o.loss = loss;
	double *want = calloc(N * N, sizeof *want), worst = 0;
	for (int64_t row = 0; row < p.data.rows; row++) {
		double q[K], sum = 0;
		for (size_t k = 0; k < K; k++) {
			double z = 0;
			for (size_t j = 0; j < D; j++)
				z += (double)p.model.w[place(k, j, K, D)] * input_at(&p, row, j);
			sum += q[k] = exp(z);
		}
		for (size_t k = 0; k < K; k++)
			q[k] /= sum;
		for (size_t a = 0; a < K; a++)
			for (size_t b = 0; b < K; b++) {
				double m = loss == MN_SQUARED ? a == b : (a == b ? q[a] : 0) - q[a] * q[b];
				for (size_t i = 0; i < D; i++)
					for (size_t j = 0; j < D; j++)
						want[place(a, i, K, D) * N + place(b, j, K, D)] +=
						        m * input_at(&p, row, i) * input_at(&p, row, j) / (double)p.data.rows;
			}
	}
	double *h = dense_hessian(&o);
	for (int i = 0; i < N * N; i++)
		worst = fmax(worst, fabs(h[i] - want[i]));
	CHECK(t, o.net->size == N && worst < by_precision(1e-12, 1e-5), "%s: the closed form, off by %.3g",
	      loss == MN_SQUARED ? "least squares" : "softmax regression", worst);
	if (loss == MN_SQUARED) {
		double value[D], *c = second_moments(&p, D);
		struct mn_error err;
		struct mn_eigenpairs got;
		mn_dense_eigen(D, c, value, &err);
		find(&o, MN_BOTH, K + 1, &got);
		worst = 0;
		for (int i = 0; i < got.count; i++) {
			int nth = (got.pair[i].rank - 1) / K;
			worst = fmax(worst, fabs(got.pair[i].value - value[got.pair[i].end == MN_LARGEST ? D - 1 - nth : nth]));
		}
		CHECK(t, got.count == 2 * (K + 1) && worst < by_precision(1e-9, 1e-5), "each eigenvalue of C %d times, off by %.3g", K,
		      worst);
		mn_eigenpairs_free(&got);
		free(c);
	}
	free(want);
	free(h);
	close_problem(&p, &o);
}

static void test_decay(struct test *t)
{
	struct problem p;
	struct mn_objective o;
	open_problem(&p, &o, "fc6/tanh/fc3", 3, 30, 0.3);
	size_t n = o.net->size;
	double before = largest(&o), *h = dense_hessian(&o), worst = 0;
	o.weight_decay = 0.25;
	o.decay_biases = true;
	CHECK_NEAR(t, largest(&o), before + 0.25, by_precision(1e-10, 1e-5),
	           "weight decay on everything shifts an eigenvalue by its coefficient");
	o.decay_biases = false;
	double *shifted = dense_hessian(&o);
	for (int i = 0; i < o.net->parameters; i++)
		for (size_t j = o.net->parameter[i].offset; j < o.net->parameter[i].offset + o.net->parameter[i].count; j++)
			worst = fmax(worst, fabs(shifted[j * n + j] - h[j * n + j] - (o.net->parameter[i].weight ? 0.25 : 0)));
	CHECK(t, worst < by_precision(1e-14, 1e-6), "weight decay on weights alone leaves biases as they are, off by %.3g", worst);
	mn_real *g = calloc(2 * n, sizeof *g);
	double with = mn_objective_gradient_on(&o, o.row, o.rows, o.w, g), squares = 0;
	o.weight_decay = 0;
	double without = mn_objective_gradient_on(&o, o.row, o.rows, o.w, g + n);
	worst = 0;
	for (int i = 0; i < o.net->parameters; i++)
		for (size_t j = o.net->parameter[i].offset; j < o.net->parameter[i].offset + o.net->parameter[i].count; j++) {
			double w = o.net->parameter[i].weight ? (double)o.w[j] : 0;
			squares += w * w;
			worst = fmax(worst, fabs((double)g[j] - (double)g[n + j] - 0.25 * w));
		}
	CHECK(t, worst < by_precision(1e-14, 1e-6), "the gradient has the term too");
	CHECK_NEAR(t, with - without, 0.125 * squares, by_precision(1e-12, 1e-6), "so has the value");
	free(g);
	free(h);
	free(shifted);
	close_problem(&p, &o);
}

/* A small net's dense Hessian by n products; all methods against its eigenvalues. */
static void test_small_net(struct test *t, const char *net)
{
	struct problem p;
	struct mn_objective o;
	struct mn_error err = {0};
	open_problem(&p, &o, net, 4, 50, 0.3);
	size_t n = o.net->size;
	double *h = dense_hessian(&o), *value = calloc(n, sizeof *value), asymmetry = 0, size = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			asymmetry = fmax(asymmetry, fabs(h[i * n + j] - h[j * n + i]));
			size = fmax(size, fabs(h[i * n + j]));
		}
	CHECK(t, asymmetry <= by_precision(1e-12, 1e-5) * fmax(1, size), "%s: the dense Hessian is symmetric, off by %.3g", net, asymmetry);
	mn_dense_eigen((int)n, h, value, &err);
	double scale = fmax(-value[0], value[n - 1]), tolerance = by_precision(1e-9, 1e-4) * scale, worst = 0;

	struct mn_operator op = problem_operator(&o);
	CHECK(t, !mn_operator_check(&op, true, 1, NULL, &err), "%s: passes the operator check %s", net, err.text);
	struct mn_eigenpairs got;
	find(&o, MN_LARGEST, (int)n, &got);
	for (int i = 0; i < got.count; i++)
		worst = fmax(worst, fabs(got.pair[i].value - value[n - 1 - (size_t)i]));
	CHECK(t, (size_t)got.count == n && worst < tolerance, "%s: Lanczos, all %zu eigenvalues by locking, off by %.3g (%lld products)",
	      net, n, worst, (long long)got.products);
	mn_eigenpairs_free(&got);
	find(&o, MN_BOTH, 2, &got);
	worst = fmax(fabs(got.pair[0].value - value[n - 1]), fabs(got.pair[1].value - value[n - 2]));
	worst = fmax(worst, fmax(fabs(got.pair[2].value - value[0]), fabs(got.pair[3].value - value[1])));
	CHECK(t, worst < tolerance, "%s: Lanczos, two of both ends, off by %.3g", net, worst);
	mn_eigenpairs_free(&got);

	double extreme = -value[0] > value[n - 1] ? value[0] : value[n - 1];
	struct mn_eigen_options power = options_of(MN_LARGEST, 1);
	power.tolerance = by_precision(1e-9, 1e-5);
	mn_power(&op, &power, &got, &err);
	CHECK(t, fabs(got.pair[0].value - extreme) < tolerance, "%s: power iteration, off by %.3g", net, got.pair[0].value - extreme);
	mn_eigenpairs_free(&got);

	struct mn_patterns all;
	struct mn_online online;
	struct mn_online_options options = {.gamma = 0.5, .last_gamma = 0.5, .iterations = 4000, .seed = 1};
	mn_patterns_new(&all, &o, 1000, 0, 1, &err);
	mn_online(n, mn_patterns_product, &all, &op, &options, &online, &err);
	CHECK(t, fabs(online.norm - value[n - 1]) < tolerance, "%s: on-line, all rows a pattern set, off by %.3g", net,
	      online.norm - value[n - 1]);
	free(online.vector);
	mn_patterns_free(&all);
	free(h);
	free(value);
	close_problem(&p, &o);
}

int main(void)
{
	struct test t = {0};
	mn_blas_start(1, &(struct mn_error){0});
	test_softmax_at_zero(&t);
	test_one_layer(&t, MN_CROSS_ENTROPY);
	test_one_layer(&t, MN_SQUARED);
	test_decay(&t);
	test_small_net(&t, "fc7/tanh/fc4");
	test_small_net(&t, "mlp:6,5");
	test_small_net(&t, "mlp:9");
	test_small_net(&t, "conv3k3/tanh/fc4");
	test_small_net(&t, "conv2k3/relu/pool2s1/lrn1/fc4");
	test_small_net(&t, "conv2k3/bn/relu/fc5/relu/fc4");
	test_small_net(&t, "conv2k3/tanh/pool2/lrn2a300000/fc4");
	return test_end(&t);
}
