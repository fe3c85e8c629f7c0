#include <math.h>

#include "mn/summary.h"

static const double pi = 3.14159265358979323846;

/* P(|T| <= t) by Abramowitz & Stegun 26.7.3 (odd df) and 26.7.4 (even df). */
static double within(double t, size_t df)
{
	double angle = atan(t / sqrt((double)df));
	double sine = sin(angle), cosine = cos(angle), squared = cosine * cosine;
	if (df % 2 == 0) {
		double term = 1, sum = 1;
		for (size_t j = 2; j + 2 <= df; j += 2) {
			term *= squared * (double)(j - 1) / (double)j;
			sum += term;
		}
		return sine * sum;
	}
	double term = cosine, sum = df > 1 ? cosine : 0;
	for (size_t j = 3; j + 2 <= df; j += 2) {
		term *= squared * (double)(j - 1) / (double)j;
		sum += term;
	}
	return 2 / pi * (angle + sine * sum);
}

/* The normal quantile by bisection on erfc, which is accurate in the tail. q in [1/2, 1). */
static double normal_quantile(double q)
{
	double low = 0, high = 40;
	while (high - low > 1e-15 * high) {
		double middle = (low + high) / 2;
		if (middle <= low || middle >= high)
			break;
		if (erfc(middle / sqrt(2)) / 2 > 1 - q)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Abramowitz & Stegun 26.7.5: the expansion around the normal quantile. */
static double expansion(double q, double df)
{
	double x = normal_quantile(q), s = x * x;
	double g1 = x * (s + 1) / 4;
	double g2 = x * ((5 * s + 16) * s + 3) / 96;
	double g3 = x * (((3 * s + 19) * s + 17) * s - 15) / 384;
	double g4 = x * ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160;
	return x + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df;
}

double mn_student_quantile(double q, size_t df)
{
	if (q < 0.5)
		return -mn_student_quantile(1 - q, df);
	if (df > 1000)
		return expansion(q, (double)df);
	double target = 2 * q - 1, low = 0, high = 1;
	while (within(high, df) < target && high < 1e12)
		high *= 2;
	for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
		double middle = (low + high) / 2;
		if (within(middle, df) < target)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
