/* box.h - maximizing a function over the box [-1, 1]^d: the spectral projected gradient method (Birgin, Martinez & Raydan 2000). */
#ifndef MN_BOX_H
#define MN_BOX_H

#include "mn/error.h"
#include "mn/vectors.h"

/* f(u) and its gradient [d]. 0, or -1 with err. */
typedef int mn_box_fn(void *self, const mn_real *u, double *value, mn_real *gradient, struct mn_error *err);

struct mn_box {
	double first, highest; /* f at the centre, and the largest value found */
	int iterations, evaluations;
};

/* From the centre, or where the gradient vanishes there from a random corner of the box a tenth its size. 0, or -1 with err. */
int mn_box_maximize(mn_box_fn *f, void *self, const struct mn_vectors *vec, int iterations, struct mn_key key, struct mn_box *result,
                    struct mn_error *err);

#endif
