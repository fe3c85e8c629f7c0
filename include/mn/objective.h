/* objective.h - what training minimizes, as a function of the parameters: the mean loss over rows of a data set, in evaluation mode, plus
 * half the weight decay times the squared length of the decayed parameters. Its value, gradient and exact Hessian products.
 *
 * Products are Pearlmutter's (1994): the directional derivatives of the forward and the backward pass along v. The rows are taken in chunks
 * whose size depends on the network alone, and summed in their order, so that neither threads nor memory change a bit. */
#ifndef MN_OBJECTIVE_H
#define MN_OBJECTIVE_H

#include "mn/loss.h"
#include "mn/model.h"
#include "mn/operator.h"

enum mn_rows { MN_ROWS_ALL, MN_ROWS_CLEAN, MN_ROWS_NOISY }; /* without or with label or input noise */

struct mn_objective {
	const struct mn_network *net;
	const struct mn_input *input;
	const struct mn_dataset *data;
	const mn_real *w; /* [net->size]: the point at which the Hessian is taken */
	mn_real *buffers;
	struct mn_pool *pool;
	enum mn_loss_kind loss;
	double weight_decay; /* from the model's metadata; of weights, and of biases and scales where decay_biases */
	bool decay_biases;
	int64_t rows; /* how many of the data set's rows count */
	int64_t *row; /* [rows]: which */
	int chunk;
	struct mn_workspace ws, r; /* for one chunk */
	uint8_t *label;            /* [chunk] */
	struct mn_workspace *kept; /* [keeps]: activations and deltas of the first chunks */
	int keeps;
};

/* model (with its parameters) and data, which must fit it, must outlive the objective. rows may turn out to be 0: then nothing below may be
 * called but free. 0, or -1 with err and an empty objective. */
int mn_objective_new(struct mn_objective *o, const struct mn_model *model, const struct mn_dataset *data, enum mn_rows rows,
                     struct mn_pool *pool, struct mn_error *err);
void mn_objective_free(struct mn_objective *o);

/* Computes what products need and v does not change, once, for as many chunks as `memory` bytes hold. To be called again after w, the loss
 * or the rows were changed. 0 with the bytes taken in *used, or -1 with err. */
int mn_objective_keep(struct mn_objective *o, size_t memory, size_t *used, struct mn_error *err);

/* Mean loss without the decay term, and accuracy, at w. */
void mn_objective_evaluate(struct mn_objective *o, double *loss, double *accuracy);

/* hv = H v; self: struct mn_objective. For struct mn_operator. */
int mn_objective_product(void *self, const mn_real *v, mn_real *hv, struct mn_error *err);

/* The objective at another point w and its gradient [net->size]; self: struct mn_objective. For mn_sharpness. */
int mn_objective_gradient(void *self, const mn_real *w, double *value, mn_real *gradient, struct mn_error *err);

/* The same two on other rows (of the data set), for pattern sets: the mean over them. */
void mn_objective_product_on(struct mn_objective *o, const int64_t *row, int64_t rows, const mn_real *v, mn_real *hv);
double mn_objective_gradient_on(struct mn_objective *o, const int64_t *row, int64_t rows, const mn_real *w, mn_real *gradient);

/* Finite-difference products: hv = (||v|| / alpha) (grad(w + alpha v / ||v||) - grad(w)). */
struct mn_difference {
	struct mn_objective *objective;
	double alpha;
	mn_real *gradient, *moved; /* [net->size]: at w; the other point */
};

int mn_difference_new(struct mn_difference *d, struct mn_objective *objective, double alpha, struct mn_error *err);
void mn_difference_free(struct mn_difference *d);
int mn_difference_product(void *self, const mn_real *v, mn_real *hv, struct mn_error *err);

/* Products on pattern sets, for mn_online: step s takes the next `batch` rows of a shuffle of the objective's rows (purpose ONLINE); an
 * incomplete last set is left out and the next shuffle begins. */
struct mn_patterns {
	struct mn_objective *objective;
	double alpha; /* of the finite difference; 0: exact products */
	int64_t batch;
	uint64_t seed;
	int64_t pass;              /* whose shuffle `order` holds; -1: none yet */
	int64_t *order, *row;      /* [objective->rows], [batch] */
	mn_real *gradient, *moved; /* [net->size]; NULL where exact */
};

int mn_patterns_new(struct mn_patterns *p, struct mn_objective *objective, int64_t batch, double alpha, uint64_t seed,
                    struct mn_error *err);
void mn_patterns_free(struct mn_patterns *p);
int mn_patterns_product(void *self, int64_t step, const mn_real *u, mn_real *hu, struct mn_error *err);

#endif
