#include "mn/loss.h"

#include <math.h>
#include <stddef.h>
#include <tgmath.h>

/* The lowest index of the largest logit; -1 where one is not a number. */
static int argmax(const mn_real *o, int classes)
{
	int best = 0;
	for (int j = 0; j < classes; j++) {
		if (isnan(o[j]))
			return -1;
		if (o[j] > o[best])
			best = j;
	}
	return best;
}

static mn_real largest(const mn_real *o, int classes)
{
	mn_real top = o[0];
	for (int j = 1; j < classes; j++)
		top = o[j] > top ? o[j] : top;
	return top;
}

static double cross_entropy(const mn_real *o, int label, int classes, mn_real scale, mn_real *d)
{
	mn_real top = largest(o, classes), target = o[label] - top;
	double sum = 0;
	for (int j = 0; j < classes; j++) {
		mn_real e = exp(o[j] - top);
		sum += e;
		if (d)
			d[j] = e;
	}
	if (d) {
		mn_real factor = (mn_real)(1 / sum);
		for (int j = 0; j < classes; j++)
			d[j] = scale * (d[j] * factor - (j == label ? 1 : 0));
	}
	return log(sum) - target;
}

static double squared(const mn_real *o, int label, int classes, mn_real scale, mn_real *d)
{
	double sum = 0;
	for (int j = 0; j < classes; j++) {
		mn_real error = o[j] - (j == label ? 1 : 0);
		sum += (double)error * error / 2;
		if (d)
			d[j] = scale * error;
	}
	return sum;
}

double mn_loss(enum mn_loss_kind kind, const mn_real *logits, const uint8_t *label, int rows, int classes, mn_real scale, mn_real *d,
               double *loss, int *prediction)
{
	double sum = 0;
	for (int row = 0; row < rows; row++) {
		const mn_real *o = logits + (size_t)row * (size_t)classes;
		mn_real *drow = d ? d + (size_t)row * (size_t)classes : NULL;
		if (prediction)
			prediction[row] = argmax(o, classes);
		double l = kind == MN_SQUARED ? squared(o, label[row], classes, scale, drow)
		                              : cross_entropy(o, label[row], classes, scale, drow);
		if (loss)
			loss[row] = l;
		sum += l;
	}
	return sum;
}

/* p (R{o} - p.R{o}), p = softmax(o) */
static void cross_entropy_r(const mn_real *o, int classes, mn_real scale, const mn_real *ro, mn_real *rd)
{
	mn_real top = largest(o, classes);
	double sum = 0, dot = 0;
	for (int j = 0; j < classes; j++) {
		double e = exp((double)(o[j] - top));
		sum += e;
		dot += e * ro[j];
	}
	for (int j = 0; j < classes; j++)
		rd[j] = (mn_real)(scale * (exp((double)(o[j] - top)) / sum) * (ro[j] - dot / sum));
}

void mn_loss_r(enum mn_loss_kind kind, const mn_real *logits, int rows, int classes, mn_real scale, const mn_real *ro, mn_real *rd)
{
	for (int row = 0; row < rows; row++) {
		size_t at = (size_t)row * (size_t)classes;
		if (kind == MN_CROSS_ENTROPY) {
			cross_entropy_r(logits + at, classes, scale, ro + at, rd + at);
			continue;
		}
		for (size_t j = at; j < at + (size_t)classes; j++)
			rd[j] = scale * ro[j];
	}
}
