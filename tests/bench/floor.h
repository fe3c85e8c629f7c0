/* floor.h - the bare products of a training step of fully connected layers, and of a Hessian product, straight to OpenBLAS: what no program
 * that multiplies by it can be faster than, as long as it multiplies everything. */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FLOOR_LAYERS = 3 };

struct floor {
	int layers, rows;
	int size[FLOOR_LAYERS + 1]; /* of the input, the hidden layers, the output */
	bool inputs;                /* the derivative with respect to the input is wanted too */
	float lr;
	float *w;                   /* parameters in the order of the network's flat vector: weights and biases of each layer */
	float *y[FLOOR_LAYERS + 1]; /* [rows, size]: y[0] the input, then the layers' outputs */
	float *d[FLOOR_LAYERS + 1]; /* derivatives with respect to y; d[0] only with inputs */
	size_t at[FLOOR_LAYERS];    /* where a layer's weights begin; its biases follow */
};

/* From a description: layers, rows, size, inputs, lr. Takes a copy of the parameters (NULL: they are zero). */
void floor_new(struct floor *f, const float *w);

/* A whole step on the batch in y[0], written plainly: the reference that the network's own step is checked against. */
void floor_step(struct floor *f, const uint8_t *label);

/* The products of that step and nothing else, the update folded into some of them; count times. arg: a struct floor. The step is
 * made tiny, so that the numbers stay what they are. */
void floor_products(void *arg, long count);

/* A product with the Hessian of the sum of scale * loss over the rows of chunks whose activations and derivatives are kept. */
struct floor_chunk {
	int rows;
	const float *y[FLOOR_LAYERS + 1], *d[FLOOR_LAYERS + 1];
};

struct floor_hessian {
	const struct floor *net; /* layers, size, at, w */
	const float *v;          /* the direction, like w */
	float *out;              /* the product, like w */
	float *ry[FLOOR_LAYERS + 1], *rd[FLOOR_LAYERS + 1];
	float scale;
	int chunks;
	const struct floor_chunk *chunk;
};

/* From net, v, scale, chunks, chunk. */
void floor_hessian_new(struct floor_hessian *h);

/* The whole of it, written plainly: the reference. */
void floor_hessian_step(struct floor_hessian *h);

/* Its matrix products and nothing else; count times. arg: a struct floor_hessian. */
void floor_hessian_products(void *arg, long count);

#endif
