#include "mn/evaluate.h"

#include <math.h>
#include <stdlib.h>

#include "mn/loss.h"

/* Enough rows for the products to run at speed; few enough for a small net's activations to stay in the cache. */
enum { ROWS = 256 };

int mn_evaluator_new(struct mn_evaluator *evaluator, const struct mn_network *net, const struct mn_input *input, struct mn_pool *pool,
                     struct mn_error *err)
{
	*evaluator = (struct mn_evaluator){.net = net, .input = input};
	evaluator->loss = calloc(ROWS, sizeof *evaluator->loss);
	evaluator->prediction = calloc(ROWS, sizeof *evaluator->prediction);
	if (!evaluator->loss || !evaluator->prediction) {
		mn_evaluator_free(evaluator);
		return mn_fail_memory(err, "evaluation", ROWS * sizeof *evaluator->loss);
	}
	if (mn_workspace_new(&evaluator->ws, net, pool, ROWS, MN_WORKSPACE_FORWARD, err)) {
		mn_evaluator_free(evaluator);
		return -1;
	}
	return 0;
}

void mn_evaluator_free(struct mn_evaluator *evaluator)
{
	mn_workspace_free(&evaluator->ws);
	free(evaluator->loss);
	free(evaluator->prediction);
	*evaluator = (struct mn_evaluator){0};
}

bool mn_row_is_noisy(const struct mn_dataset *data, int64_t row)
{
	return (data->label_noise && data->label_noise[row]) || (data->input_noise && data->input_noise[row]);
}

static void count(const struct mn_dataset *data, int64_t row, int prediction, struct mn_evaluation *result)
{
	bool right = prediction == data->labels[row];
	result->errors += !right;
	if (!mn_row_is_noisy(data, row)) {
		result->clean++;
		result->clean_right += right;
		return;
	}
	int true_label = data->true_labels ? data->true_labels[row] : data->labels[row];
	result->noisy++;
	result->noisy_right += right;
	result->noisy_true_right += prediction == true_label;
}

/* The logits of a batch: rows first, first + 1, ... or, where row is given, those it lists. */
static void forward(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, const int64_t *row,
                    int64_t first, int rows)
{
	struct mn_images images = mn_model_images(data);
	mn_input_fill(evaluator->input, &images, row, first, rows, evaluator->net->flat_input, evaluator->ws.pool, evaluator->ws.y[0]);
	mn_network_forward(&evaluator->ws, w, buffers, rows, NULL);
}

/* A batch of all rows in their order. Returns how many there are; *loss is the sum of theirs. */
static int evaluate_batch(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, int64_t first,
                          double *loss, struct mn_evaluation *result)
{
	int rows = (int)(data->rows - first < ROWS ? data->rows - first : ROWS);
	forward(evaluator, w, buffers, data, NULL, first, rows);
	*loss = mn_loss(MN_CROSS_ENTROPY, mn_workspace_logits(&evaluator->ws), data->labels + first, rows, evaluator->net->classes, 0, NULL,
	                evaluator->loss, evaluator->prediction);
	for (int i = 0; i < rows; i++)
		count(data, first + i, evaluator->prediction[i], result);
	return rows;
}

static bool interrupted(const struct mn_evaluator *evaluator)
{
	return evaluator->interrupted && evaluator->interrupted(evaluator->interrupted_arg);
}

int mn_evaluate(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, mn_example_fn *each,
                void *arg, struct mn_evaluation *result)
{
	double sum = 0, loss;
	int rows;
	*result = (struct mn_evaluation){.rows = data->rows};
	for (int64_t first = 0; first < data->rows; first += rows) {
		if (interrupted(evaluator))
			return -1;
		rows = evaluate_batch(evaluator, w, buffers, data, first, &loss, result);
		sum += loss;
		for (int i = 0; each && i < rows; i++)
			each(arg, &(struct mn_example){first + i, evaluator->loss[i], evaluator->prediction[i]});
	}
	result->loss = data->rows ? sum / (double)data->rows : NAN;
	return 0;
}

bool mn_reaches(int64_t errors, int64_t rows, double accuracy)
{
	return (double)(rows - errors) / (double)rows >= accuracy;
}

/* How far the label's logit is below the largest, as a fraction of the largest absolute value; infinite where one is not a number. Wrong
 * beyond doubt: a thousandth, which is ten thousand roundings. */
static double shortfall(const mn_real *logit, int label, int classes)
{
	double top = logit[0], scale = 0;
	for (int j = 0; j < classes; j++) {
		if (isnan(logit[j]))
			return INFINITY;
		top = fmax(top, logit[j]);
		scale = fmax(scale, fabs((double)logit[j]));
	}
	return scale > 0 ? (top - logit[label]) / scale : 0;
}

enum { BEYOND_DOUBT = 1000 };

/* The rows that were wrong last time, until too many still are. Returns their number, or -1. */
static int64_t try_wrong(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, double accuracy,
                         uint8_t *wrong)
{
	int classes = evaluator->net->classes;
	int64_t errors = 0, row[ROWS];
	for (int64_t next = 0; next < data->rows && mn_reaches(errors, data->rows, accuracy);) {
		int rows = 0;
		for (; next < data->rows && rows < ROWS; next++)
			if (wrong[next])
				row[rows++] = next;
		if (rows == 0)
			break;
		if (interrupted(evaluator))
			return -1;
		forward(evaluator, w, buffers, data, row, 0, rows);
		for (int i = 0; i < rows; i++) {
			const mn_real *logit = mn_workspace_logits(&evaluator->ws) + (size_t)i * (size_t)classes;
			wrong[row[i]] = shortfall(logit, data->labels[row[i]], classes) * BEYOND_DOUBT > 1;
			errors += wrong[row[i]];
		}
	}
	return errors;
}

int mn_evaluate_needed(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, double accuracy,
                       uint8_t *wrong, struct mn_evaluation *result)
{
	double sum = 0, loss;
	int rows;
	*result = (struct mn_evaluation){.rows = data->rows, .errors = try_wrong(evaluator, w, buffers, data, accuracy, wrong)};
	if (result->errors < 0)
		return -1;
	if (!mn_reaches(result->errors, data->rows, accuracy))
		return 0;
	result->errors = 0;
	for (int64_t first = 0; first < data->rows; first += rows) {
		if (interrupted(evaluator))
			return -1;
		rows = evaluate_batch(evaluator, w, buffers, data, first, &loss, result);
		sum += loss;
		for (int i = 0; i < rows; i++)
			wrong[first + i] = evaluator->prediction[i] != data->labels[first + i];
		if (!mn_reaches(result->errors, data->rows, accuracy))
			return 0;
	}
	result->loss = sum / (double)data->rows;
	return 1;
}
