/* floor.h - the bare products of a training step of IN-H-H-CLASSES, straight to OpenBLAS: what no program that multiplies by it can be
 * faster than, as long as it multiplies everything. */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>

struct floor {
	int in, hidden, classes, rows;
	float lr;
	float *w;                              /* parameters in the order of the network's flat vector */
	float *x, *y1, *y2, *o, *d1, *d2, *dl; /* activations and deltas, [rows, ...] */
};

/* Takes a copy of the parameters and of the batch's inputs. */
void floor_new(struct floor *f, int in, int hidden, int classes, int rows, float lr, const float *w, const float *x);

/* A whole step on the batch in f->x, written plainly: the reference that the network's own step is checked against. */
void floor_step(struct floor *f, const uint8_t *label);

/* The eight products of that step and nothing else, the update folded into three of them; count times. arg: a struct floor. The step is
 * made tiny, so that the numbers stay what they are. */
void floor_products(void *arg, long count);

#endif
