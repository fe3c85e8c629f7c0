/* evaluate.h - a whole data set through a network in evaluation mode: loss, accuracy, and accuracy by kind of row. */
#ifndef MN_EVALUATE_H
#define MN_EVALUATE_H

#include "mn/model.h"

struct mn_evaluation {
	int64_t rows, errors;
	double loss;                /* mean cross-entropy */
	int64_t clean, clean_right; /* rows without noise */
	int64_t noisy, noisy_right; /* rows with label or input noise, against the given label */
	int64_t noisy_true_right;   /* ... against the true label */
};

/* Per example, for those who want it. */
struct mn_example {
	int64_t row;
	double loss;
	int prediction; /* -1: a logit was not a number */
};

typedef void mn_example_fn(void *arg, const struct mn_example *example);

/* Memory for evaluations, taken once. */
struct mn_evaluator {
	const struct mn_network *net;
	const struct mn_input *input;
	struct mn_workspace ws;
	double *loss;    /* [ws.rows] */
	int *prediction; /* [ws.rows] */
};

int mn_evaluator_new(struct mn_evaluator *evaluator, const struct mn_network *net, const struct mn_input *input, struct mn_pool *pool,
                     struct mn_error *err);
void mn_evaluator_free(struct mn_evaluator *evaluator);

/* Runs all rows of data (which must fit the network). each may be NULL. */
void mn_evaluate(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, mn_example_fn *each,
                 void *arg, struct mn_evaluation *result);

/* Whether either kind of noise replaced this row. */
bool mn_row_is_noisy(const struct mn_dataset *data, int64_t row);

#endif
