/* Hessian products of networks: against closed forms, against each other, and under changes that must not matter. */
#include <string.h>

#include "matrix.h"
#include "mn/eigen.h"
#include "mn/gemm.h"
#include "mn/hessian.h"
#include "mn/online.h"
#include "problem.h"
#include "test.h"

static struct mn_eigen_options options_of(enum mn_which which, int top)
{
	return (struct mn_eigen_options){
	        .which = which, .top = top, .tolerance = by_precision(1e-11, 1e-5), .max_iterations = 4000, .memory = 256 << 20, .seed = 2};
}

static void find(struct mn_objective *o, enum mn_which which, int top, struct mn_eigenpairs *got)
{
	struct mn_operator op = problem_operator(o);
	struct mn_eigen_options options = options_of(which, top);
	struct mn_error err;
	if (mn_lanczos(&op, &options, got, &err))
		abort();
}

static double largest(struct mn_objective *o)
{
	struct mn_eigenpairs got;
	find(o, MN_LARGEST, 1, &got);
	double value = got.pair[0].value;
	mn_eigenpairs_free(&got);
	return value;
}

static void open_problem(struct problem *p, struct mn_objective *o, const char *net, int classes, int64_t rows, double weights)
{
	struct mn_error err;
	if (problem_new(p, net, (struct mn_shape){1, 3, 4}, classes, rows, weights, &err) ||
	    mn_objective_new(o, &p->model, &p->data, MN_ROWS_ALL, NULL, &err))
		abort();
}

static void close_problem(struct problem *p, struct mn_objective *o)
{
	mn_objective_free(o);
	problem_free(p);
}

/* Row i of the data with a 1 appended for the bias. */
static double input_at(const struct problem *p, int64_t row, size_t j)
{
	size_t pixels = mn_dataset_pixels(&p->data);
	return j < pixels ? (double)((const float *)p->data.images)[(size_t)row * pixels + j] : 1;
}

/* C = (1/N) sum x x', x with its 1: [d, d]. */
static double *second_moments(const struct problem *p, size_t d)
{
	double *c = calloc(d * d, sizeof *c);
	for (int64_t row = 0; row < p->data.rows; row++)
		for (size_t i = 0; i < d; i++)
			for (size_t j = 0; j < d; j++)
				c[i * d + j] += input_at(p, row, i) * input_at(p, row, j) / (double)p->data.rows;
	return c;
}

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

/* Repeats every example `times` times, backwards. */
static void repeat_rows(struct problem *p, int times)
{
	size_t pixels = mn_dataset_pixels(&p->data), rows = (size_t)p->data.rows;
	float *images = calloc(rows * (size_t)times * pixels, sizeof *images);
	uint8_t *labels = calloc(rows * (size_t)times, 1), *noise = calloc(rows * (size_t)times, 1);
	for (size_t i = 0; i < rows * (size_t)times; i++) {
		size_t from = rows - 1 - i / (size_t)times;
		memcpy(images + i * pixels, (const float *)p->data.images + from * pixels, pixels * sizeof *images);
		labels[i] = p->data.labels[from];
		noise[i] = p->data.label_noise[from];
	}
	free(p->data.images);
	free(p->data.labels);
	free(p->data.label_noise);
	p->data.images = images;
	p->data.labels = labels;
	p->data.label_noise = noise;
	p->data.rows *= times;
}

/* Swaps two units of the first hidden layer, in and out. */
static void swap_units(struct problem *p, size_t a, size_t b)
{
	const struct mn_parameter *in = &p->model.net.parameter[0], *out = &p->model.net.parameter[2];
	size_t width = (size_t)in->shape[1], units = (size_t)in->shape[0], following = (size_t)out->shape[0];
	mn_real *w = p->model.w, *bias = w + p->model.net.parameter[1].offset;
	for (size_t j = 0; j <= width + following; j++) {
		mn_real *x, *y;
		if (j < width) {
			x = w + in->offset + a * width + j;
			y = w + in->offset + b * width + j;
		} else if (j < width + following) {
			x = w + out->offset + (j - width) * units + a;
			y = w + out->offset + (j - width) * units + b;
		} else {
			x = bias + a;
			y = bias + b;
		}
		mn_real kept = *x;
		*x = *y;
		*y = kept;
	}
}

static void test_what_must_not_matter(struct test *t)
{
	struct problem p;
	struct mn_objective o;
	struct mn_error err;
	double tolerance = by_precision(1e-10, 1e-5);
	open_problem(&p, &o, "mlp:7,6", 4, 45, 0.3);
	double before = largest(&o);
	swap_units(&p, 1, 4);
	CHECK_NEAR(t, largest(&o), before, tolerance, "swapped hidden units");
	mn_objective_free(&o);
	repeat_rows(&p, 1);
	mn_objective_new(&o, &p.model, &p.data, MN_ROWS_ALL, NULL, &err);
	CHECK_NEAR(t, largest(&o), before, tolerance, "examples in another order");
	mn_objective_free(&o);
	repeat_rows(&p, 3);
	mn_objective_new(&o, &p.model, &p.data, MN_ROWS_ALL, NULL, &err);
	CHECK_NEAR(t, largest(&o), before, tolerance, "every example three times");
	close_problem(&p, &o);
	/* With squared error a linear net's curvature goes with the square of its inputs. */
	open_problem(&p, &o, "fc4", 4, 45, 0.3);
	o.loss = MN_SQUARED;
	size_t pixels = mn_dataset_pixels(&p.data) * (size_t)p.data.rows;
	for (size_t i = 0; i < pixels; i++)
		((float *)p.data.images)[i] = 0.5f * ((float *)p.data.images)[i];
	double *c = second_moments(&p, 13), value[13];
	mn_dense_eigen(13, c, value, &err);
	CHECK_NEAR(t, largest(&o), value[12], tolerance, "scaled inputs");
	free(c);
	close_problem(&p, &o);
}

/* The same bits however much memory and however many threads; more rows than one chunk. */
static void test_bits(struct test *t)
{
	struct problem p;
	struct mn_objective o;
	struct mn_error err;
	open_problem(&p, &o, "mlp:9", 5, 1300, 0.3);
	size_t n = o.net->size, used, chunk = mn_workspace_bytes(o.net, 1, o.chunk, MN_WORKSPACE_BACKWARD);
	mn_real *v = calloc(3 * n, sizeof *v), *first = v + n, *again = first + n;
	for (size_t i = 0; i < n; i++)
		v[i] = (mn_real)sin((double)i);
	mn_objective_product(&o, v, first, &err);
	CHECK(t, o.chunk < 1300, "more rows than a chunk of %d", o.chunk);
	for (size_t chunks = 1; chunks <= 4; chunks++) {
		CHECK(t, !mn_objective_keep(&o, chunks * chunk, &used, &err) && used == (chunks < 3 ? chunks : 3) * chunk,
		      "activations of %zu chunks kept", chunks < 3 ? chunks : 3);
		mn_objective_product(&o, v, again, &err);
		CHECK(t, !memcmp(first, again, n * sizeof *v), "the same bits with them kept");
	}
	mn_objective_free(&o);
	for (int threads = 2; threads <= 4; threads++) {
		struct mn_pool *pool = mn_pool_new(threads, &err);
		mn_objective_new(&o, &p.model, &p.data, MN_ROWS_ALL, pool, &err);
		mn_objective_product(&o, v, again, &err);
		CHECK(t, !memcmp(first, again, n * sizeof *v), "the same bits with %d threads", threads);
		mn_objective_free(&o);
		mn_pool_free(pool);
	}
	/* H of all rows is the mean of those of clean and noisy ones, by their numbers. */
	mn_real *part = calloc(2 * n, sizeof *part);
	double share[2], worst = 0;
	for (int kind = 0; kind < 2; kind++) {
		mn_objective_new(&o, &p.model, &p.data, kind ? MN_ROWS_NOISY : MN_ROWS_CLEAN, NULL, &err);
		share[kind] = (double)o.rows / 1300;
		mn_objective_product(&o, v, part + (kind ? n : 0), &err);
		mn_objective_free(&o);
	}
	for (size_t i = 0; i < n; i++)
		worst = fmax(worst, fabs(share[0] * (double)part[i] + share[1] * (double)part[n + i] - (double)first[i]));
	CHECK(t, share[0] + share[1] == 1 && worst < by_precision(1e-13, 1e-5), "clean and noisy rows make up all rows, off by %.3g",
	      worst);
	free(part);
	free(v);
	problem_free(&p);
}

static void test_difference(struct test *t)
{
	struct problem p;
	struct mn_objective o;
	struct mn_difference d;
	struct mn_patterns exact, difference;
	struct mn_error err;
	open_problem(&p, &o, "fc8/tanh/fc4", 4, 64, 0.3);
	size_t n = o.net->size;
	mn_real *v = calloc(3 * n, sizeof *v), *hv = v + n, *fd = hv + n;
	double error = 0, norm = 0, length = 0;
	for (size_t i = 0; i < n; i++) {
		v[i] = (mn_real)(3 * cos((double)i));
		length += (double)v[i] * (double)v[i];
	}
	mn_difference_new(&d, &o, by_precision(1e-6, 1e-2), &err);
	mn_objective_product(&o, v, hv, &err);
	mn_difference_product(&d, v, fd, &err);
	for (size_t i = 0; i < n; i++) {
		error += pow((double)hv[i] - (double)fd[i], 2);
		norm += pow((double)hv[i], 2);
	}
	CHECK(t, sqrt(error / norm) < by_precision(1e-5, 5e-2), "finite differences of a smooth net: relative error %.3g",
	      sqrt(error / norm));
	mn_difference_free(&d);

	for (size_t i = 0; i < n; i++)
		v[i] = (mn_real)((double)v[i] / sqrt(length));
	mn_patterns_new(&exact, &o, 10, 0, 1, &err);
	mn_patterns_new(&difference, &o, 10, by_precision(1e-6, 1e-2), 1, &err);
	double worst = 0;
	uint8_t seen[64] = {0};
	int repeated = 0;
	for (int step = 0; step < 6; step++) {
		mn_patterns_product(&exact, step, v, hv, &err);
		mn_patterns_product(&difference, step, v, fd, &err);
		error = norm = 0;
		for (size_t i = 0; i < n; i++) {
			error += pow((double)hv[i] - (double)fd[i], 2);
			norm += pow((double)hv[i], 2);
		}
		worst = fmax(worst, sqrt(error / norm));
		for (int i = 0; i < 10; i++)
			repeated += seen[exact.row[i]]++;
	}
	CHECK(t, worst < by_precision(1e-5, 5e-2), "on pattern sets too: relative error %.3g", worst);
	CHECK(t, repeated == 0, "no row twice before a pass is over");
	int64_t before = exact.row[0];
	mn_patterns_product(&exact, 6, v, hv, &err);
	mn_patterns_product(&exact, 5, v, hv, &err);
	mn_patterns_product(&difference, 5, v, hv, &err);
	CHECK(t, exact.row[0] == before && !memcmp(exact.row, difference.row, 10 * sizeof *exact.row),
	      "a step's rows depend on the step alone");
	mn_patterns_free(&exact);
	mn_patterns_free(&difference);
	free(v);
	close_problem(&p, &o);
}

static void test_measure(struct test *t)
{
	struct problem p;
	struct mn_objective o;
	struct mn_error err;
	struct mn_hessian got;
	open_problem(&p, &o, "mlp:8", 4, 30, 0.3);
	struct mn_hessian_options options = {.top = 1,
	                                     .tolerance = 1e-3,
	                                     .max_iterations = 200,
	                                     .rows = MN_ROWS_NOISY,
	                                     .memory = 64 << 20,
	                                     .trace = true,
	                                     .density = true,
	                                     .probes = 4,
	                                     .steps = 10,
	                                     .sharpness = 1e-3};
	CHECK(t, !mn_hessian_measure(&got, &p.model, &p.data, &options, &err) && got.measured && got.size == 10, "noisy rows are measured");
	CHECK(t, got.eigen.count == 1 && got.eigen.pair[0].converged && got.density.count > 0 && got.full.value > 0,
	      "all that was asked for");
	mn_hessian_free(&got);
	memset(p.data.label_noise, 0, 30);
	CHECK(t, !mn_hessian_measure(&got, &p.model, &p.data, &options, &err) && !got.measured && got.size == 0 && isnan(got.loss),
	      "no noisy rows: nothing is measured, nothing fails");
	mn_hessian_free(&got);
	options.rows = MN_ROWS_ALL;
	options.memory = 1;
	CHECK(t, mn_hessian_measure(&got, &p.model, &p.data, &options, &err) == -1, "no memory: %s", err.text);
	close_problem(&p, &o);
}

int main(void)
{
	struct test t = {0};
	mn_blas_single_threaded();
	test_softmax_at_zero(&t);
	test_one_layer(&t, MN_CROSS_ENTROPY);
	test_one_layer(&t, MN_SQUARED);
	test_decay(&t);
	test_small_net(&t, "fc7/tanh/fc4");
	test_small_net(&t, "mlp:6,5");
	test_small_net(&t, "mlp:9");
	test_what_must_not_matter(&t);
	test_bits(&t);
	test_difference(&t);
	test_measure(&t);
	return test_end(&t);
}
