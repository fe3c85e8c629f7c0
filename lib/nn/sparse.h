/* sparse.h - the way back through a convolution where most of d, the derivative with respect to its output, is zero, as behind a
 * max-pooling: the same sums with the zeros left out. c is the correlation ahead; maps are [height, width, channels]. */
#ifndef MN_NN_SPARSE_H
#define MN_NN_SPARSE_H

#include "correlate.h"

/* Whether leaving out the zeros saves time, by a sample of the rows of d [rows][size]. */
bool mn_sparse_worthwhile(int rows, size_t size, const mn_real *d);

/* Whether a line of a window is long enough for mn_sparse_kernel to be worth it. */
bool mn_sparse_runs(const struct mn_correlation *c);

/* Elements of scratch memory that the functions below need. */
size_t mn_sparse_scratch(const struct mn_correlation *c);

/* dsource += the derivative with respect to the source; kernel [side, side, outputs, channels]. */
void mn_sparse_back(const struct mn_correlation *c, const mn_real *d, const mn_real *kernel, mn_real *dsource, mn_real *scratch);

/* dkernel [outputs, side, side, channels] += the derivative with respect to the kernel. */
void mn_sparse_kernel(const struct mn_correlation *c, const mn_real *source, const mn_real *d, mn_real *dkernel, mn_real *scratch);

#endif
