/* kernels.h - the elementwise loops of the passes, compiled for several instruction sets; the processor chooses when the program starts.
 *
 * Every element is computed by itself, or summed in the order that is written here, without fused multiply-adds: the same bits for every
 * instruction set.
 */
#ifndef MN_KERNELS_H
#define MN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mn/real.h"

/* out = byte / 255, correctly rounded. */
void mn_bytes_to_unit(size_t n, const uint8_t *bytes, mn_real *out);

/* y [rows, n] += bias [n], and where relu: y = max(y, 0); what is not a number stays so. */
void mn_add_bias(size_t rows, size_t n, const mn_real *bias, bool relu, mn_real *y);

/* y = max(y, 0); what is not a number stays so. */
void mn_relu(size_t n, mn_real *y);

/* d = 0 where not y > 0: the derivative of a ReLU whose output is y. */
void mn_relu_mask(size_t n, const mn_real *y, mn_real *d);

/* sum [n] = the sums of d's columns [rows, n], row by row; stride: from row to row of d. */
void mn_column_sums(size_t rows, size_t n, size_t stride, const mn_real *d, mn_real *sum);

/* How many are not 0. */
size_t mn_count_nonzero(size_t n, const mn_real *x);

#endif
