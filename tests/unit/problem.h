/* problem.h - a small network on a random data set, made without files, for the tests of Hessian products. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdlib.h>
#include <string.h>

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

#endif
