#include "floor.h"

#include <math.h>
#include <string.h>

#include "bench.h"
#include "floor_blas.h"

void floor_new(struct floor *f, const float *w)
{
	size_t parameters = 0, rows = (size_t)f->rows;
	for (int i = 0; i < f->layers; i++) {
		f->at[i] = parameters;
		parameters += ((size_t)f->size[i] + 1) * (size_t)f->size[i + 1];
	}
	for (int i = 0; i <= f->layers; i++) {
		f->y[i] = bench_memory(rows * (size_t)f->size[i] * sizeof(float));
		f->d[i] = i || f->inputs ? bench_memory(rows * (size_t)f->size[i] * sizeof(float)) : NULL;
	}
	f->w = bench_memory(parameters * sizeof(float));
	if (w)
		memcpy(f->w, w, parameters * sizeof(float));
}

void floor_products(void *arg, long count)
{
	const struct floor *f = arg;
	const float tiny = 1e-9f;
	for (long repeat = 0; repeat < count; repeat++) {
		for (int i = 0; i < f->layers; i++)
			forward(f->rows, f->size[i + 1], f->size[i], f->y[i], f->w + f->at[i], 0, f->y[i + 1]);
		for (int i = f->layers - 1; i >= 0; i--) {
			float *w = f->w + f->at[i];
			if (f->d[i])
				back(f->rows, f->size[i + 1], f->size[i], f->d[i + 1], w, 0, f->d[i]);
			outer(f->rows, f->size[i + 1], f->size[i], -tiny, f->d[i + 1], f->y[i], w);
		}
	}
}

static void bias(int rows, int out, const float *b, bool relu, float *y)
{
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < out; j++, y++) {
			*y += b[j];
			*y = relu && *y < 0 ? 0 : *y;
		}
}

static void softmax(const struct floor *f, const uint8_t *label)
{
	int classes = f->size[f->layers];
	for (int i = 0; i < f->rows; i++) {
		const float *o = f->y[f->layers] + i * classes;
		float *d = f->d[f->layers] + i * classes;
		double sum = 0;
		for (int j = 0; j < classes; j++)
			sum += exp((double)o[j]);
		for (int j = 0; j < classes; j++)
			d[j] = (float)((exp((double)o[j]) / sum - (j == label[i])) / f->rows);
	}
}

static void mask(int rows, int out, const float *y, float *d)
{
	for (int i = 0; i < rows * out; i++)
		d[i] = y[i] > 0 ? d[i] : 0;
}

/* b [out] += scale * column sums of d */
static void add_bias(int rows, int out, float scale, const float *d, float *b)
{
	for (int j = 0; j < out; j++) {
		double sum = 0;
		for (int i = 0; i < rows; i++)
			sum += (double)d[i * out + j];
		b[j] += (float)(scale * sum);
	}
}

static size_t weights(const struct floor *f, int layer)
{
	return (size_t)f->size[layer] * (size_t)f->size[layer + 1];
}

void floor_step(struct floor *f, const uint8_t *label)
{
	for (int i = 0; i < f->layers; i++) {
		const float *w = f->w + f->at[i];
		forward(f->rows, f->size[i + 1], f->size[i], f->y[i], w, 0, f->y[i + 1]);
		bias(f->rows, f->size[i + 1], w + weights(f, i), i + 1 < f->layers, f->y[i + 1]);
	}
	softmax(f, label);
	for (int i = f->layers - 1; i >= 0; i--) {
		float *w = f->w + f->at[i];
		if (f->d[i])
			back(f->rows, f->size[i + 1], f->size[i], f->d[i + 1], w, 0, f->d[i]);
		if (i > 0)
			mask(f->rows, f->size[i], f->y[i], f->d[i]);
		outer(f->rows, f->size[i + 1], f->size[i], -f->lr, f->d[i + 1], f->y[i], w);
		add_bias(f->rows, f->size[i + 1], -f->lr, f->d[i + 1], w + weights(f, i));
	}
}

void floor_hessian_new(struct floor_hessian *h)
{
	const struct floor *f = h->net;
	int most = 0, last = f->layers - 1;
	for (int i = 0; i < h->chunks; i++)
		most = h->chunk[i].rows > most ? h->chunk[i].rows : most;
	for (int i = 1; i <= f->layers; i++) {
		h->ry[i] = bench_memory((size_t)most * (size_t)f->size[i] * sizeof(float));
		h->rd[i] = bench_memory((size_t)most * (size_t)f->size[i] * sizeof(float));
	}
	h->out = bench_memory((f->at[last] + weights(f, last) + (size_t)f->size[f->layers]) * sizeof(float));
}

/* R{derivative with respect to the logits} = scale (p Rz - p (p . Rz)), p the softmax of z. */
static void r_softmax(const struct floor_hessian *h, const struct floor_chunk *c)
{
	int last = h->net->layers, classes = h->net->size[last];
	for (int i = 0; i < c->rows; i++) {
		const float *z = c->y[last] + i * classes, *rz = h->ry[last] + i * classes;
		double sum = 0, mean = 0;
		for (int j = 0; j < classes; j++) {
			sum += exp((double)z[j]);
			mean += exp((double)z[j]) * (double)rz[j];
		}
		for (int j = 0; j < classes; j++)
			h->rd[last][i * classes + j] = (float)((double)h->scale * exp((double)z[j]) / sum * ((double)rz[j] - mean / sum));
	}
}

/* One chunk: the products, and where `all` what comes between them. */
static void r_chunk(const struct floor_hessian *h, const struct floor_chunk *c, bool all)
{
	const struct floor *f = h->net;
	for (int i = 0; i < f->layers; i++) {
		int in = f->size[i], out = f->size[i + 1];
		forward(c->rows, out, in, c->y[i], h->v + f->at[i], 0, h->ry[i + 1]);
		if (i > 0)
			forward(c->rows, out, in, h->ry[i], f->w + f->at[i], 1, h->ry[i + 1]);
		if (all)
			bias(c->rows, out, h->v + f->at[i] + weights(f, i), false, h->ry[i + 1]);
		if (all && i + 1 < f->layers)
			mask(c->rows, out, c->y[i + 1], h->ry[i + 1]);
	}
	if (all)
		r_softmax(h, c);
	for (int i = f->layers - 1; i >= 0; i--) {
		int in = f->size[i], out = f->size[i + 1];
		outer(c->rows, out, in, 1, h->rd[i + 1], c->y[i], h->out + f->at[i]);
		if (all)
			add_bias(c->rows, out, 1, h->rd[i + 1], h->out + f->at[i] + weights(f, i));
		if (i == 0)
			break;
		outer(c->rows, out, in, 1, c->d[i + 1], h->ry[i], h->out + f->at[i]);
		back(c->rows, out, in, h->rd[i + 1], f->w + f->at[i], 0, h->rd[i]);
		back(c->rows, out, in, c->d[i + 1], h->v + f->at[i], 1, h->rd[i]);
		if (all)
			mask(c->rows, in, c->y[i], h->rd[i]);
	}
}

static void r_chunks(const struct floor_hessian *h, bool all)
{
	const struct floor *f = h->net;
	int last = f->layers - 1;
	memset(h->out, 0, (f->at[last] + weights(f, last) + (size_t)f->size[f->layers]) * sizeof(float));
	for (int i = 0; i < h->chunks; i++)
		r_chunk(h, &h->chunk[i], all);
}

void floor_hessian_step(struct floor_hessian *h)
{
	r_chunks(h, true);
}

void floor_hessian_products(void *arg, long count)
{
	for (long i = 0; i < count; i++)
		r_chunks(arg, false);
}
