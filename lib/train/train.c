#include "mn/train.h"

#include <math.h>
#include <stdlib.h>

#include "mn/loss.h"
#include "mn/sgd.h"

double mn_learning_rate(const struct mn_hyperparameters *hyper, int64_t epoch)
{
	int64_t halvings = hyper->lr_halve_every ? (epoch - 1) / hyper->lr_halve_every : 0;
	return hyper->lr * pow(0.5, (double)halvings);
}

/* The memory of a trainer whose model is made. */
static int allocate(struct mn_trainer *trainer, struct mn_error *err)
{
	const struct mn_hyperparameters *hyper = &trainer->hyper;
	size_t rows = (size_t)trainer->data->rows;
	trainer->order = calloc(rows, sizeof *trainer->order);
	trainer->label = calloc((size_t)hyper->batch, 1);
	if (!trainer->order || !trainer->label)
		return mn_fail_memory(err, "training", rows * sizeof *trainer->order);
	if (hyper->momentum > 0) {
		trainer->velocity = calloc(trainer->net.size, sizeof *trainer->velocity);
		if (!trainer->velocity)
			return mn_fail_memory(err, "training", trainer->net.size * sizeof *trainer->velocity);
	}
	if (mn_workspace_new(&trainer->ws, &trainer->net, trainer->pool, (int)hyper->batch, MN_WORKSPACE_BACKWARD, err))
		return -1;
	return mn_evaluator_new(&trainer->evaluator, &trainer->model.net, &trainer->model.input, trainer->pool, err);
}

int mn_trainer_new(struct mn_trainer *trainer, const struct mn_hyperparameters *hyper, const struct mn_dataset *data, struct mn_pool *pool,
                   struct mn_error *err)
{
	*trainer = (struct mn_trainer){.hyper = *hyper, .data = data, .pool = pool};
	if (data->rows < trainer->hyper.batch)
		trainer->hyper.batch = data->rows;
	struct mn_model_spec spec = {hyper->net, hyper->input, hyper->init, (uint64_t)hyper->seed};
	if (mn_model_new(&trainer->model, &spec, data, err))
		return -1;
	struct mn_regularizers regularizers = {hyper->dropout, hyper->dropout_on_conv, hyper->input_dropout, hyper->gaussian_noise};
	struct mn_shape in;
	if (mn_input_shape(&trainer->model.input, trainer->model.image, &in, err) ||
	    mn_network_new(&trainer->net, hyper->net, in, data->classes, &regularizers, err) || allocate(trainer, err)) {
		mn_trainer_free(trainer);
		return -1;
	}
	return 0;
}

void mn_trainer_free(struct mn_trainer *trainer)
{
	mn_evaluator_free(&trainer->evaluator);
	mn_workspace_free(&trainer->ws);
	mn_network_free(&trainer->net);
	mn_model_free(&trainer->model);
	free(trainer->velocity);
	free(trainer->order);
	free(trainer->label);
	*trainer = (struct mn_trainer){0};
}

/* The order of the examples in the present epoch: drawn from the seed, so that a run that goes on within an epoch finds it again. */
static void draw_order(struct mn_trainer *trainer)
{
	if (trainer->ordered == trainer->epoch + 1)
		return;
	trainer->ordered = trainer->epoch + 1;
	struct mn_key key = {(uint64_t)trainer->hyper.seed, MN_PURPOSE_SHUFFLE};
	mn_random_permutation(key, (struct mn_counter){.epoch = (uint64_t)trainer->ordered}, trainer->order, trainer->data->rows);
}

static bool all_finite(const mn_real *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return false;
	return true;
}

/* What follows the step on an epoch's last batch. No later batch would notice that it broke the parameters. */
static enum mn_train_state end_epoch(struct mn_trainer *trainer)
{
	const struct mn_model *model = &trainer->model;
	if (!all_finite(model->w, model->net.size) || !all_finite(model->buffers, model->net.buffer_size)) {
		trainer->bad_batch = (trainer->data->rows - 1) / trainer->hyper.batch + 1;
		return MN_TRAIN_DIVERGED;
	}
	trainer->next = 0;
	trainer->epoch++;
	return MN_TRAIN_EPOCH_DONE;
}

enum mn_train_state mn_train_step(struct mn_trainer *trainer)
{
	const struct mn_hyperparameters *hyper = &trainer->hyper;
	const struct mn_dataset *data = trainer->data;
	uint64_t epoch = (uint64_t)trainer->epoch + 1;
	draw_order(trainer);
	const int64_t *row = trainer->order + trainer->next;
	int rows = (int)(data->rows - trainer->next < hyper->batch ? data->rows - trainer->next : hyper->batch);
	for (int i = 0; i < rows; i++)
		trainer->label[i] = data->labels[row[i]];
	struct mn_images images = mn_model_images(data);
	struct mn_draw draw = {(uint64_t)hyper->seed, epoch, row};
	struct mn_model *model = &trainer->model;
	mn_input_fill(&model->input, &images, row, 0, rows, trainer->net.flat_input, trainer->pool, trainer->ws.y[0]);
	mn_network_forward(&trainer->ws, model->w, model->buffers, rows, &draw);
	double loss = mn_loss(MN_CROSS_ENTROPY, mn_workspace_logits(&trainer->ws), trainer->label, rows, data->classes, 1 / (mn_real)rows,
	                      mn_workspace_dlogits(&trainer->ws), NULL, NULL);
	if (!isfinite(loss)) {
		trainer->bad_batch = trainer->next / hyper->batch + 1;
		return MN_TRAIN_DIVERGED;
	}
	struct mn_sgd sgd = {
	        .lr = (mn_real)mn_learning_rate(hyper, trainer->epoch + 1),
	        .momentum = (mn_real)hyper->momentum,
	        .weight_decay = (mn_real)hyper->weight_decay,
	        .decay_biases = hyper->decay_biases,
	};
	mn_network_backward(&trainer->ws, model->w, model->buffers, rows, &draw, mn_sgd_into(&sgd, model->w, trainer->velocity));
	mn_sgd_finish(&sgd, &trainer->net, trainer->pool, model->w, trainer->velocity);
	trainer->next += rows;
	return trainer->next < data->rows ? MN_TRAIN_GOES_ON : end_epoch(trainer);
}
