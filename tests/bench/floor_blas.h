/* floor_blas.h - the three kinds of products of a fully connected layer, all matrices by rows. */
#ifndef FLOOR_BLAS_H
#define FLOOR_BLAS_H

#include <cblas.h>

/* y [rows, out] = x w' + beta y */
static inline void forward(int rows, int out, int in, const float *x, const float *w, float beta, float *y)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, out, in, 1, x, in, w, in, beta, y, out);
}

/* dx [rows, in] = d w + beta dx */
static inline void back(int rows, int out, int in, const float *d, const float *w, float beta, float *dx)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, in, out, 1, d, out, w, in, beta, dx, in);
}

/* w [out, in] += scale d' x */
static inline void outer(int rows, int out, int in, float scale, const float *d, const float *x, float *w)
{
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, out, in, rows, scale, d, out, x, in, 1, w, in);
}

#endif
