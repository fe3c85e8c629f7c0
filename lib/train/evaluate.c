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

void mn_evaluate(struct mn_evaluator *evaluator, const mn_real *w, mn_real *buffers, const struct mn_dataset *data, mn_example_fn *each,
                 void *arg, struct mn_evaluation *result)
{
	const struct mn_network *net = evaluator->net;
	struct mn_images images = mn_model_images(data);
	double loss = 0;
	*result = (struct mn_evaluation){.rows = data->rows};
	for (int64_t first = 0; first < data->rows; first += ROWS) {
		int rows = (int)(data->rows - first < ROWS ? data->rows - first : ROWS);
		mn_input_fill(evaluator->input, &images, NULL, first, rows, net->flat_input, evaluator->ws.pool, evaluator->ws.y[0]);
		mn_network_forward(&evaluator->ws, w, buffers, rows, NULL);
		loss += mn_loss(MN_CROSS_ENTROPY, mn_workspace_logits(&evaluator->ws), data->labels + first, rows, net->classes, 0, NULL,
		                evaluator->loss, evaluator->prediction);
		for (int i = 0; i < rows; i++) {
			count(data, first + i, evaluator->prediction[i], result);
			if (each)
				each(arg, &(struct mn_example){first + i, evaluator->loss[i], evaluator->prediction[i]});
		}
	}
	result->loss = data->rows ? loss / (double)data->rows : NAN;
}
