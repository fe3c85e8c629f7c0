/* The objective: what must not change its curvature or a bit of its products, finite differences, pattern sets, and the whole measurement.
 */
#include <string.h>

#include "mn/gemm.h"
#include "mn/hessian.h"
#include "problem.h"
#include "test.h"

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
	mn_blas_start(1, &(struct mn_error){0});
	test_what_must_not_matter(&t);
	test_bits(&t);
	test_difference(&t);
	test_measure(&t);
	return test_end(&t);
}
