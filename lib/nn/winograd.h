/* winograd.h - correlations with 5 x 5 windows by fewer multiplications (Winograd 1980, as Lavin & Gray 2016 use it for neural networks):
 * 36 instead of 100 for each 2 x 2 pixels of the result, channel and output. The functions are those of correlate.h, which calls them
 * where they suit. */
#ifndef MN_NN_WINOGRAD_H
#define MN_NN_WINOGRAD_H

#include "correlate.h"

/* Whether this correlation can be done so, and gains by it. */
bool mn_winograd_suits(const struct mn_correlation *c);

size_t mn_winograd_scratch(const struct mn_correlation *c);
size_t mn_winograd_packed(const struct mn_correlation *c);
void mn_winograd_pack(const struct mn_correlation *c, const mn_real *kernel, mn_real *packed);
void mn_winograd(const struct mn_correlation *c, const mn_real *source, const mn_real *packed, bool accumulate, mn_real *out,
                 mn_real *scratch);

#endif
