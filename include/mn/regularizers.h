/* regularizers.h - what a regularizer takes from the learning of random labels, and what from that of real ones.
 *
 * Runs on real labels (label_noise 0) and on random ones (label_noise 1) that have at most one of some columns above 0: the regularizers.
 * A run without any belongs to each of them, as its value 0. */
#ifndef MN_REGULARIZERS_H
#define MN_REGULARIZERS_H

#include "mn/csv.h"
#include "mn/error.h"
#include "mn/groups.h"
#include "mn/rows.h"

/* A run's vectors in mn_regularized.runs, one number each. */
enum {
	MN_REGULARIZED_EPOCH,    /* the last one seen */
	MN_REGULARIZED_RANDOM,   /* of a run on random labels: accuracy on the noisy rows against their labels, at that epoch; NAN: none */
	MN_REGULARIZED_BEST,     /* of one on real labels: validation accuracy, the best epoch's; NAN: none */
	MN_REGULARIZED_FINAL,    /* ... and the last one's */
	MN_REGULARIZED_DIVERGED, /* 0 or 1 */
	MN_REGULARIZED_VECTORS
};

/* Keys of a run: by->count fields, name->count fields of the regularizers, label_noise, seed. */
struct mn_regularized {
	const struct mn_names *by, *name;
	struct mn_groups runs;
	int *column; /* of the present file */
	int epoch, noisy, validation, loss, status, input_noise;
};

/* Reads rows of mn-train --log and of mn-eval, mixed as they come; by and name must live as long. A row of mn-eval counts where its data
 * have noisy rows: it is of the training set. An error: noise in inputs, label noise between 0 and 1, two regularizers at once, two rows of
 * one run and epoch. 0, or -1 with err. To be freed in either case. */
int mn_regularized_read(struct mn_regularized *regularized, const struct mn_names *by, const struct mn_names *name,
                        const struct mn_source *source, struct mn_error *err);
void mn_regularized_free(struct mn_regularized *regularized);

/* Whether the run belongs to regularizer i, and with which value: the field's text, or NULL. */
const char *mn_regularized_value(const struct mn_regularized *regularized, const struct mn_group *run, int i);

/* 1 for a run on random labels, 0 for one on real ones. */
int mn_regularized_random(const struct mn_regularized *regularized, const struct mn_group *run);

/* mn-summarize --regularizers COLUMN,...: a row for each regularizer and value: `by`, regularizer, value, then n, mean and 95% interval
 * over seeds of random_train_accuracy, best_validation_accuracy and final_validation_accuracy, and how many runs diverged: random_diverged,
 * real_diverged (their accuracies are left out). 0, or -1 with err. */
int mn_regularizers_write(const struct mn_source *source, const struct mn_names *by, const struct mn_names *name, struct mn_csv *csv,
                          struct mn_error *err);

#endif
