/* random.h - counter-based random numbers: Philox4x64-10 (Salmon et al. 2011) from Random123.
 *
 * A draw is a pure function of (seed, purpose, epoch, example, element, layer):
 * there is no state to save and no order of calls to depend on, so results are the
 * same for any number of threads and after any interruption.
 */
#ifndef MN_RANDOM_H
#define MN_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "mn/real.h"

/* Separate streams. The numbers are part of what "same command, same bits" means: append, never renumber. */
enum mn_purpose {
	MN_PURPOSE_LABEL_CHOICE = 1,  /* mn-corrupt: which rows get new labels */
	MN_PURPOSE_LABEL_CONTENT = 2, /* ... and which labels */
	MN_PURPOSE_INPUT_CHOICE = 3,  /* which rows get new inputs */
	MN_PURPOSE_INPUT_CONTENT = 4, /* ... and which inputs */
	MN_PURPOSE_INIT = 5,          /* mn-train: initial weights */
	MN_PURPOSE_SHUFFLE = 6,       /* order of the examples in an epoch */
	MN_PURPOSE_DROPOUT = 7,
	MN_PURPOSE_INPUT_DROPOUT = 8,
	MN_PURPOSE_GAUSSIAN_NOISE = 9,
	MN_PURPOSE_LANCZOS = 10, /* mn-hessian: starting vectors */
	MN_PURPOSE_TRACE = 11,
	MN_PURPOSE_DENSITY = 12,
	MN_PURPOSE_ONLINE = 13,
	MN_PURPOSE_SHARPNESS = 14,
	MN_PURPOSE_CHECK = 15,
	MN_PURPOSE_BOOTSTRAP = 16, /* mn-summarize */
};

struct mn_key {
	uint64_t seed;
	enum mn_purpose purpose;
};

struct mn_counter {
	uint64_t epoch, example, element, layer;
};

/* Four independent 64-bit words for one counter. */
void mn_random_block(struct mn_key key, struct mn_counter at, uint64_t out[4]);

/* A word as a double in [0, 1), on a grid of 2^-53. */
double mn_random_unit(uint64_t word);

/* A word as an integer in [0, n): the high half of word * n; the bias is below n / 2^64. */
uint64_t mn_random_below(uint64_t word, uint64_t n);

/* out[0..n) with i.i.d. standard normals (Box-Muller); element i comes from counter element at.element + i / 4. */
void mn_random_normals(struct mn_key key, struct mn_counter at, double *out, size_t n);

/* out[0..n) becomes a uniform permutation of 0..n-1 (Fisher-Yates; the draw for position i is counter element i,
 * so that a prefix of the permutation is a uniform choice of rows and longer prefixes extend it). */
void mn_random_permutation(struct mn_key key, struct mn_counter at, int64_t *out, int64_t n);

#endif
