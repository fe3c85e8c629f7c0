/* correlate.h - the inner work of a convolution on one image: out[p][n] = sum over the window's taps and channels of
 * source[p + tap][channel] * kernel[tap][channel][n]. Maps are [height, width, channels]. */
#ifndef MN_NN_CORRELATE_H
#define MN_NN_CORRELATE_H

#include <stdbool.h>
#include <stddef.h>

#include "mn/real.h"

struct mn_correlation {
	int height, width, channels; /* of the source */
	int spread;                  /* distance of the source's pixels in the padded map, zeros between them */
	int pad_top, pad_left;       /* where the source begins in the padded map */
	int side, stride;            /* of the square windows */
	int out_height, out_width, outputs;
	int vector; /* mn_tile_vector() */
};

/* The source with zeros around and between its pixels, each with `room` >= channels elements for its channels: what the windows see.
 * Elements it takes, and its making. */
size_t mn_correlation_padded(const struct mn_correlation *c, int room);
void mn_correlation_pad(const struct mn_correlation *c, const mn_real *source, int room, mn_real *padded);

/* Elements from one line of the padded map to the next. */
int mn_correlation_line(const struct mn_correlation *c, int room);

/* Elements of scratch memory that the functions below need. */
size_t mn_correlation_scratch(const struct mn_correlation *c);

/* A kernel [side, side, channels, outputs] in the order that mn_correlate wants, and the elements it takes. */
size_t mn_correlation_packed(const struct mn_correlation *c);
void mn_correlation_pack(const struct mn_correlation *c, const mn_real *kernel, mn_real *packed);

/* out [out_height, out_width, outputs] = the correlation; accumulate: += */
void mn_correlate(const struct mn_correlation *c, const mn_real *source, const mn_real *packed, bool accumulate, mn_real *out,
                  mn_real *scratch);

/* dkernel [side, side, channels, outputs] += the derivative with respect to the kernel, where d is the one with respect to out. */
void mn_correlate_kernel(const struct mn_correlation *c, const mn_real *source, const mn_real *d, mn_real *dkernel, mn_real *scratch);

#endif
