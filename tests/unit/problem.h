/* problem.h - a small network on a random data set, made without files, for the tests of Hessian products. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdlib.h>
#include <string.h>

#include "matrix.h"
#include "mn/eigen.h"
#include "mn/objective.h"
#include "mn/random.h"

struct problem {
	struct mn_dataset data;
	struct mn_model model;
};

/* Random images (of all signs), labels and, where `weights` is not 0, parameters of about that size. Every third row is noisy. 0, or -1
 * with err. */
static inline int problem_new(struct problem *p, const char *net, struct mn_shape image, int classes, int64_t rows, double weights,
                              struct mn_error *err)
{
	*p = (struct problem){.data = {.rows = rows,
	                               .channels = image.channels,
	                               .height = image.height,
	                               .width = image.width,
	                               .classes = classes,
	                               .dtype = MN_F32}};
	size_t pixels = (size_t)rows * mn_shape_size(image);
	float *to = calloc(pixels, sizeof *to);
	p->data.images = to;
	p->data.labels = calloc((size_t)rows, 1);
	p->data.label_noise = calloc((size_t)rows, 1);
	p->model.image = image;
	if (mn_input_parse(&p->model.input, "unit", err) || mn_network_new(&p->model.net, net, image, classes, NULL, err))
		return -1;
	size_t n = p->model.net.size;
	p->model.w = calloc(n, sizeof *p->model.w);
	p->model.buffers = calloc(p->model.net.buffer_size + 1, sizeof *p->model.buffers);
	double *normal = calloc(pixels + n, sizeof *normal);
	mn_random_normals((struct mn_key){17, MN_PURPOSE_CHECK}, (struct mn_counter){0}, normal, pixels + n);
	for (size_t i = 0; i < pixels; i++)
		to[i] = (float)(normal[i] + 0.3);
	for (int64_t i = 0; i < rows; i++) {
		p->data.labels[i] = (uint8_t)((i * i + 3 * i) % classes);
		p->data.label_noise[i] = i % 3 == 0;
	}
	if (mn_network_init(&p->model.net, "glorot", 5, p->model.w, p->model.buffers, err))
		return -1;
	for (size_t i = 0; i < n; i++)
		p->model.w[i] = (mn_real)(weights > 0 ? (double)p->model.w[i] + weights * normal[pixels + i] : 0);
	free(normal);
	return 0;
}

static inline void problem_free(struct problem *p)
{
	free(p->data.images);
	free(p->data.labels);
	free(p->data.label_noise);
	mn_network_free(&p->model.net);
	free(p->model.w);
	free(p->model.buffers);
}

static inline struct mn_operator problem_operator(struct mn_objective *o)
{
	return (struct mn_operator){.n = o->net->size, .apply = mn_objective_product, .self = o};
}

/* The Hessian, column by column: [n, n], to be freed. */
static inline double *dense_hessian(struct mn_objective *o)
{
	size_t n = o->net->size;
	double *h = calloc(n * n, sizeof *h);
	mn_real *v = calloc(2 * n, sizeof *v);
	struct mn_error err;
	for (size_t j = 0; j < n; j++) {
		v[j] = 1;
		mn_objective_product(o, v, v + n, &err);
		v[j] = 0;
		for (size_t i = 0; i < n; i++)
			h[i * n + j] = (double)v[n + i];
	}
	free(v);
	return h;
}

static inline struct mn_eigen_options options_of(enum mn_which which, int top)
{
	return (struct mn_eigen_options){
	        .which = which, .top = top, .tolerance = by_precision(1e-11, 1e-5), .max_iterations = 4000, .memory = 256 << 20, .seed = 2};
}

static inline void find(struct mn_objective *o, enum mn_which which, int top, struct mn_eigenpairs *got)
{
	struct mn_operator op = problem_operator(o);
	struct mn_eigen_options options = options_of(which, top);
	struct mn_error err;
	if (mn_lanczos(&op, &options, got, &err))
		abort();
}

static inline double largest(struct mn_objective *o)
{
	struct mn_eigenpairs got;
	find(o, MN_LARGEST, 1, &got);
	double value = got.pair[0].value;
	mn_eigenpairs_free(&got);
	return value;
}

static inline void open_problem(struct problem *p, struct mn_objective *o, const char *net, int classes, int64_t rows, double weights)
{
	struct mn_error err;
	if (problem_new(p, net, (struct mn_shape){1, 3, 4}, classes, rows, weights, &err) ||
	    mn_objective_new(o, &p->model, &p->data, MN_ROWS_ALL, NULL, &err))
		abort();
}

static inline void close_problem(struct problem *p, struct mn_objective *o)
{
	mn_objective_free(o);
	problem_free(p);
}

/* Row i of the data with a 1 appended for the bias. */
static inline double input_at(const struct problem *p, int64_t row, size_t j)
{
	size_t pixels = mn_dataset_pixels(&p->data);
	return j < pixels ? (double)((const float *)p->data.images)[(size_t)row * pixels + j] : 1;
}

/* C = (1/N) sum x x', x with its 1: [d, d]. */
static inline double *second_moments(const struct problem *p, size_t d)
{
	double *c = calloc(d * d, sizeof *c);
	for (int64_t row = 0; row < p->data.rows; row++)
		for (size_t i = 0; i < d; i++)
			for (size_t j = 0; j < d; j++)
				c[i * d + j] += input_at(p, row, i) * input_at(p, row, j) / (double)p->data.rows;
	return c;
}

#endif
