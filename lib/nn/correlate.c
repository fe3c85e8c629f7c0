/* By a matrix of patches and one matrix product: a patch is a row, made of `side` runs of side * channels neighbours in memory. */
#include "correlate.h"

#include <cblas.h>
#include <stdbool.h>
#include <string.h>

static int padded_height(const struct mn_correlation *c)
{
	return (c->out_height - 1) * c->stride + c->side;
}

static int padded_width(const struct mn_correlation *c)
{
	return (c->out_width - 1) * c->stride + c->side;
}

static size_t padded_size(const struct mn_correlation *c)
{
	return (size_t)padded_height(c) * (size_t)padded_width(c) * (size_t)c->channels;
}

static int patch_size(const struct mn_correlation *c)
{
	return c->side * c->side * c->channels;
}

size_t mn_correlation_kernel(const struct mn_correlation *c)
{
	return (size_t)patch_size(c) * (size_t)c->outputs;
}

size_t mn_correlation_scratch(const struct mn_correlation *c)
{
	return padded_size(c) + (size_t)c->out_height * (size_t)c->out_width * (size_t)patch_size(c);
}

/* The source with zeros around and between its pixels; what no window sees is left out. */
static void pad(const struct mn_correlation *c, const mn_real *source, mn_real *padded)
{
	int height = padded_height(c), width = padded_width(c);
	size_t channels = (size_t)c->channels;
	memset(padded, 0, padded_size(c) * sizeof *padded);
	for (int i = 0; i < c->height; i++) {
		int y = c->pad_top + i * c->spread;
		for (int j = 0; y < height && j < c->width; j++) {
			int x = c->pad_left + j * c->spread;
			const mn_real *from = source + ((size_t)i * (size_t)c->width + (size_t)j) * channels;
			if (x < width)
				memcpy(padded + ((size_t)y * (size_t)width + (size_t)x) * channels, from, channels * sizeof *from);
		}
	}
}

/* [out_height * out_width, side, side * channels]; returns it, in the scratch memory behind the padded map. */
static mn_real *make_patches(const struct mn_correlation *c, const mn_real *source, mn_real *scratch)
{
	pad(c, source, scratch);
	mn_real *patches = scratch + padded_size(c), *to = patches;
	size_t line = (size_t)padded_width(c) * (size_t)c->channels, run = (size_t)(c->side * c->channels);
	for (int y = 0; y < c->out_height; y++)
		for (int x = 0; x < c->out_width; x++) {
			const mn_real *from = scratch + (size_t)(y * c->stride) * line + (size_t)(x * c->stride * c->channels);
			for (int i = 0; i < c->side; i++, to += run, from += line)
				memcpy(to, from, run * sizeof *to);
		}
	return patches;
}

/* c [m, n] = op(a) b + beta c; a row-major. */
static void multiply(bool transposed, int m, int n, int k, const mn_real *a, const mn_real *b, mn_real beta, mn_real *c)
{
	enum CBLAS_TRANSPOSE op = transposed ? CblasTrans : CblasNoTrans;
#ifdef MN_DOUBLE
	cblas_dgemm(CblasRowMajor, op, CblasNoTrans, m, n, k, 1, a, transposed ? m : k, b, n, beta, c, n);
#else
	cblas_sgemm(CblasRowMajor, op, CblasNoTrans, m, n, k, 1, a, transposed ? m : k, b, n, beta, c, n);
#endif
}

void mn_correlate(const struct mn_correlation *c, const mn_real *source, const mn_real *kernel, mn_real beta, mn_real *out,
                  mn_real *scratch)
{
	const mn_real *patches = make_patches(c, source, scratch);
	multiply(false, c->out_height * c->out_width, c->outputs, patch_size(c), patches, kernel, beta, out);
}

void mn_correlate_kernel(const struct mn_correlation *c, const mn_real *source, const mn_real *d, mn_real *dkernel, mn_real *scratch)
{
	const mn_real *patches = make_patches(c, source, scratch);
	multiply(true, patch_size(c), c->outputs, c->out_height * c->out_width, patches, d, 1, dkernel);
}
