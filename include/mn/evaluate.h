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
	/* Asked between batches whether to stop; NULL: never. To be set by whoever has a reason. */
	bool (*interrupted)(void *arg);
	void *interrupted_arg;
};

int mn_evaluator_new(struct mn_evaluator *evaluator, const struct mn_network *net, const struct mn_input *input, struct mn_pool *pool,
                     struct mn_error *err);
void mn_evaluator_free(struct mn_evaluator *evaluator);

/* Runs all rows of data (which must fit the network). each may be NULL. 0, or -1 where it was interrupted. */
int mn_evaluate(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, mn_example_fn *each,
                void *arg, struct mn_evaluation *result);

/* Whether so many errors are an accuracy of that much: (rows - errors) / rows >= accuracy. */
bool mn_reaches(int64_t errors, int64_t rows, double accuracy);

/* Whether the accuracy is reached, with no more work than it takes to know: rows that were wrong when last looked at come first, and it is
 * over when there are too many errors. wrong [data->rows] holds 1 for them and is kept up to date; it may start as zeros and never changes
 * the answer, which is that of mn_evaluate: a row out of its place in the order, where products may be rounded otherwise, counts only where
 * it is wrong by a wide margin. 1: reached, result is that of mn_evaluate to the last bit; 0: not reached, result->errors is a lower bound
 * and the rest means nothing; -1: interrupted. */
int mn_evaluate_needed(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, double accuracy,
                       uint8_t *wrong, struct mn_evaluation *result);

/* Whether either kind of noise replaced this row. */
bool mn_row_is_noisy(const struct mn_dataset *data, int64_t row);

#endif
