/* sgd.h - one step of stochastic gradient descent: g the mean gradient of the batch,
 *     v = momentum v + g + decay w;  w = w - lr v        (PyTorch's form)
 * Without momentum the step happens inside the backward pass, with no memory for g: each layer adds -lr times its gradient to its
 * parameters. */
#ifndef MN_SGD_H
#define MN_SGD_H

#include "mn/network.h"

struct mn_sgd {
	mn_real lr, momentum, weight_decay;
	bool decay_biases; /* decay every parameter, not only those with `weight` */
};

/* Where the backward pass is to put what it finds. velocity: NULL without momentum. */
struct mn_into mn_sgd_into(const struct mn_sgd *sgd, mn_real *w, mn_real *velocity);

/* What is left of the step after the backward pass. */
void mn_sgd_finish(const struct mn_sgd *sgd, const struct mn_network *net, struct mn_pool *pool, mn_real *w, mn_real *velocity);

#endif
