#include "mn/kernels.h"

#include <string.h>

#include "clones.h"

/* 1/255 in two parts: a byte times the first, which is 0x10101 / 2^24, is exact in float, so that the sum is rounded once. */
MN_CLONES void mn_bytes_to_unit(size_t n, const uint8_t *restrict bytes, mn_real *restrict out)
{
#ifdef MN_DOUBLE
	for (size_t i = 0; i < n; i++)
		out[i] = bytes[i] / 255.0;
#else
	const float high = 0x1.0101p-8f, low = 0x1.010102p-32f;
	for (size_t i = 0; i < n; i++) {
		float value = (float)bytes[i];
		out[i] = value * high + value * low;
	}
#endif
}

MN_CLONES void mn_add_bias(size_t rows, size_t n, const mn_real *restrict bias, bool relu, mn_real *restrict y)
{
	for (size_t row = 0; row < rows; row++, y += n) {
		if (relu)
			for (size_t i = 0; i < n; i++) {
				mn_real sum = y[i] + bias[i];
				y[i] = sum < 0 ? 0 : sum;
			}
		else
			for (size_t i = 0; i < n; i++)
				y[i] += bias[i];
	}
}

MN_CLONES void mn_relu(size_t n, mn_real *y)
{
	for (size_t i = 0; i < n; i++)
		y[i] = y[i] < 0 ? 0 : y[i];
}

MN_CLONES void mn_relu_mask(size_t n, const mn_real *restrict y, mn_real *restrict d)
{
	for (size_t i = 0; i < n; i++) {
		mn_real value = d[i];
		d[i] = y[i] > 0 ? value : 0;
	}
}

MN_CLONES void mn_column_sums(size_t rows, size_t n, size_t stride, const mn_real *restrict d, mn_real *restrict sum)
{
	memset(sum, 0, n * sizeof *sum);
	for (size_t row = 0; row < rows; row++, d += stride)
		for (size_t i = 0; i < n; i++)
			sum[i] += d[i];
}

MN_CLONES size_t mn_count_nonzero(size_t n, const mn_real *x)
{
	size_t count = 0;
	while (n > 0) {
		size_t part = n < 4096 ? n : 4096;
		int here = 0;
		for (size_t i = 0; i < part; i++)
			here += x[i] != 0;
		count += (size_t)here;
		x += part;
		n -= part;
	}
	return count;
}
