/* train.h - stochastic gradient descent on a data set, epoch by epoch. */
#ifndef MN_TRAIN_H
#define MN_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "mn/evaluate.h"
#include "mn/model.h"

/* Hyperparameters, named as the options of mn-train. */
struct mn_hyperparameters {
	const char *net, *input, *init;
	int64_t seed;
	int64_t batch;
	double lr;
	int64_t lr_halve_every; /* epochs; 0: never */
	double momentum;        /* v = momentum v + g; w -= lr v (PyTorch's form) */
	double weight_decay;    /* coefficient of w in the gradient */
	bool decay_biases;
	double dropout;
	bool dropout_on_conv;
	double input_dropout;
	double gaussian_noise;
};

struct mn_trainer {
	struct mn_hyperparameters hyper;
	const struct mn_dataset *data;
	struct mn_pool *pool;
	struct mn_model model; /* the parameters as they are; its network is the one for evaluation */
	struct mn_network net; /* the same with the regularizers, for training */
	struct mn_workspace ws;
	struct mn_evaluator evaluator;
	mn_real *velocity; /* [net.size]; NULL without momentum */
	int64_t *order;    /* [data->rows]: the examples in the order of epoch `ordered` (from 1; 0: not drawn yet) */
	int64_t ordered;
	uint8_t *label;    /* [batch] */
	int64_t epoch;     /* epochs done */
	int64_t next;      /* examples of the present epoch done */
	int64_t bad_batch; /* after mn_train_step returned MN_TRAIN_DIVERGED: which batch of the epoch, from 1 */
};

/* A fresh model and the memory to train it. data must outlive the trainer. 0, or -1 with err and an empty trainer. */
int mn_trainer_new(struct mn_trainer *trainer, const struct mn_hyperparameters *hyper, const struct mn_dataset *data, struct mn_pool *pool,
                   struct mn_error *err);
void mn_trainer_free(struct mn_trainer *trainer);

enum mn_train_state { MN_TRAIN_GOES_ON, MN_TRAIN_EPOCH_DONE, MN_TRAIN_DIVERGED };

/* One step of SGD on the next batch. The state after it: EPOCH_DONE where it was the epoch's last; DIVERGED where the batch's loss was
 * not finite (the parameters are then as the step before left them), or where the epoch's last step left parameters that are not finite.
 * The last batch of an epoch may be smaller; its gradient is averaged over its own size. epoch and next may be set to go on from anywhere.
 */
enum mn_train_state mn_train_step(struct mn_trainer *trainer);

/* The learning rate of an epoch counted from 1. */
double mn_learning_rate(const struct mn_hyperparameters *hyper, int64_t epoch);

#endif
