#include "floor.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "bench.h"

/* Where the tensors lie in the flat vector: weights and biases of the three layers. */
struct places {
	float *w1, *b1, *w2, *b2, *w3, *b3;
};

static struct places places(const struct floor *f)
{
	struct places p = {.w1 = f->w};
	p.b1 = p.w1 + (size_t)f->hidden * (size_t)f->in;
	p.w2 = p.b1 + f->hidden;
	p.b2 = p.w2 + (size_t)f->hidden * (size_t)f->hidden;
	p.w3 = p.b2 + f->hidden;
	p.b3 = p.w3 + (size_t)f->classes * (size_t)f->hidden;
	return p;
}

void floor_new(struct floor *f, int in, int hidden, int classes, int rows, float lr, const float *w, const float *x)
{
	*f = (struct floor){.in = in, .hidden = hidden, .classes = classes, .rows = rows, .lr = lr};
	size_t h = (size_t)hidden, n = (size_t)rows;
	size_t bytes = sizeof(float);
	size_t parameters = h * (size_t)in + h + h * h + h + (size_t)classes * h + (size_t)classes;
	f->w = bench_memory(parameters * bytes);
	f->x = bench_memory(n * (size_t)in * bytes);
	f->y1 = bench_memory(n * h * bytes);
	f->y2 = bench_memory(n * h * bytes);
	f->d1 = bench_memory(n * h * bytes);
	f->d2 = bench_memory(n * h * bytes);
	f->o = bench_memory(n * (size_t)classes * bytes);
	f->dl = bench_memory(n * (size_t)classes * bytes);
	memcpy(f->w, w, parameters * bytes);
	memcpy(f->x, x, n * (size_t)in * bytes);
}

/* y [rows, out] = x w' */
static void forward(int rows, int out, int in, const float *x, const float *w, float *y)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, x, in, w, in, 0, y, out);
}

/* dx [rows, in] = d w */
static void back(int rows, int out, int in, const float *d, const float *w, float *dx)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1, d, out, w, in, 0, dx, in);
}

/* w [out, in] -= lr d' x */
static void update(int rows, int out, int in, float lr, const float *d, const float *x, float *w)
{
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, -lr, d, out, x, in, 1, w, in);
}

void floor_products(void *arg, long count)
{
	const struct floor *f = arg;
	const float tiny = 1e-9f;
	struct places p = places(f);
	for (long i = 0; i < count; i++) {
		forward(f->rows, f->hidden, f->in, f->x, p.w1, f->y1);
		forward(f->rows, f->hidden, f->hidden, f->y1, p.w2, f->y2);
		forward(f->rows, f->classes, f->hidden, f->y2, p.w3, f->o);
		back(f->rows, f->classes, f->hidden, f->dl, p.w3, f->d2);
		update(f->rows, f->classes, f->hidden, tiny, f->dl, f->y2, p.w3);
		back(f->rows, f->hidden, f->hidden, f->d2, p.w2, f->d1);
		update(f->rows, f->hidden, f->hidden, tiny, f->d2, f->y1, p.w2);
		update(f->rows, f->hidden, f->in, tiny, f->d1, f->x, p.w1);
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
	for (int i = 0; i < f->rows; i++) {
		const float *o = f->o + i * f->classes;
		double sum = 0;
		for (int j = 0; j < f->classes; j++)
			sum += exp((double)o[j]);
		for (int j = 0; j < f->classes; j++)
			f->dl[i * f->classes + j] = (float)((exp((double)o[j]) / sum - (j == label[i])) / f->rows);
	}
}

static void mask(int rows, int out, const float *y, float *d)
{
	for (int i = 0; i < rows * out; i++)
		d[i] = y[i] > 0 ? d[i] : 0;
}

static void update_bias(int rows, int out, float lr, const float *d, float *b)
{
	for (int j = 0; j < out; j++) {
		double sum = 0;
		for (int i = 0; i < rows; i++)
			sum += (double)d[i * out + j];
		b[j] -= (float)(lr * sum);
	}
}

void floor_step(struct floor *f, const uint8_t *label)
{
	struct places p = places(f);
	forward(f->rows, f->hidden, f->in, f->x, p.w1, f->y1);
	bias(f->rows, f->hidden, p.b1, true, f->y1);
	forward(f->rows, f->hidden, f->hidden, f->y1, p.w2, f->y2);
	bias(f->rows, f->hidden, p.b2, true, f->y2);
	forward(f->rows, f->classes, f->hidden, f->y2, p.w3, f->o);
	bias(f->rows, f->classes, p.b3, false, f->o);
	softmax(f, label);
	back(f->rows, f->classes, f->hidden, f->dl, p.w3, f->d2);
	mask(f->rows, f->hidden, f->y2, f->d2);
	back(f->rows, f->hidden, f->hidden, f->d2, p.w2, f->d1);
	mask(f->rows, f->hidden, f->y1, f->d1);
	update(f->rows, f->classes, f->hidden, f->lr, f->dl, f->y2, p.w3);
	update(f->rows, f->hidden, f->hidden, f->lr, f->d2, f->y1, p.w2);
	update(f->rows, f->hidden, f->in, f->lr, f->d1, f->x, p.w1);
	update_bias(f->rows, f->classes, f->lr, f->dl, p.b3);
	update_bias(f->rows, f->hidden, f->lr, f->d2, p.b2);
	update_bias(f->rows, f->hidden, f->lr, f->d1, p.b1);
}
