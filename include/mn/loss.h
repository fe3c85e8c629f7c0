/* loss.h - the loss of a batch, its derivative, and the derivative's directional derivative. */
#ifndef MN_LOSS_H
#define MN_LOSS_H

#include <stdint.h>

#include "mn/real.h"

enum mn_loss_kind {
	MN_CROSS_ENTROPY, /* -log softmax(o)[label], by log-sum-exp */
	MN_SQUARED,       /* |o - onehot(label)|^2 / 2; its Hessian has a closed form, so tests use it */
};

/* The sum of the rows' losses, accumulated in double, row by row. logits: [rows, classes]; label < classes.
 * Optional results (NULL: not wanted): d [rows, classes] = scale * dL_row/dlogits (may be the logits themselves); loss [rows];
 * prediction [rows]: argmax, ties to the lowest index, -1 where a logit is not a number. */
double mn_loss(enum mn_loss_kind kind, const mn_real *logits, const uint8_t *label, int rows, int classes, mn_real scale, mn_real *d,
               double *loss, int *prediction);

/* rd = R{d} = scale * d2L/do2 R{o}: for cross-entropy p (R{o} - p.R{o}). logits, ro, rd: [rows, classes]. */
void mn_loss_r(enum mn_loss_kind kind, const mn_real *logits, int rows, int classes, mn_real scale, const mn_real *ro, mn_real *rd);

#endif
