/* bench_hessian NET DATASET FROM ROWS THREADS FOLDER - exact Hessian products of fully connected layers after three epochs of training.
 *
 * FROM: the folder of the data set, or - for where mn-fetch finds it. FOLDER gets what another implementation needs to do the same and to
 * be checked: data.st, model.st, and the direction and the product in models' clothes, v.st and hv.st. Words: product; gradient, a full
 * gradient of the same rows; floor, the bare matrix products of a Hessian product. Says floor_error, how far the product is from the plain
 * reference in floor.c relative to itself; error, the same for the central difference of gradients; and products, how many the largest
 * eigenvalue takes to residual 1e-3. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "floor.h"
#include "mn/eigen.h"
#include "mn/gemm.h"
#include "mn/objective.h"
#include "mn/train.h"

enum { EPOCHS = 3, BATCH = 128, MEMORY = 1 << 30 };

struct work {
	struct mn_objective objective;
	mn_real *v, *out;
};

static void run_product(void *arg, long count)
{
	struct work *work = arg;
	struct mn_error err;
	for (long i = 0; i < count; i++)
		mn_objective_product(&work->objective, work->v, work->out, &err);
}

static void run_gradient(void *arg, long count)
{
	struct work *work = arg;
	struct mn_error err;
	double value;
	for (long i = 0; i < count; i++)
		mn_objective_gradient(&work->objective, work->objective.w, &value, work->out, &err);
}

static void save_data(struct mn_dataset *data, const char *folder)
{
	struct mn_error err = {0};
	char path[4096];
	snprintf(path, sizeof path, "%s/data.st", folder);
	FILE *file = fopen(path, "we");
	if (!file || mn_stream_write(&data->stream, file, false, &err) || fclose(file))
		bench_fail(path, err.text);
}

static void train(struct mn_trainer *trainer)
{
	for (int epoch = 0; epoch < EPOCHS; epoch++) {
		enum mn_train_state state;
		do
			state = mn_train_step(trainer);
		while (state == MN_TRAIN_GOES_ON);
		if (state == MN_TRAIN_DIVERGED)
			bench_fail("bench_hessian", "the training diverged");
	}
}

/* Along the eigenvector found, so that the curvature stands out from the kinks that a step crosses. */
static double error_of_product(struct work *work, const mn_real *v, double value)
{
	size_t n = work->objective.net->size;
	mn_real *moved = bench_memory(n * sizeof *moved);
	const double step = 1e-3;
	double slope[2] = {0, 0}, loss;
	struct mn_error err;
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < n; i++)
			moved[i] = (mn_real)((double)work->objective.w[i] + (side ? step : -step) * (double)v[i]);
		mn_objective_gradient(&work->objective, moved, &loss, work->out, &err);
		for (size_t i = 0; i < n; i++)
			slope[side] += (double)work->out[i] * (double)v[i];
	}
	free(moved);
	return fabs((slope[1] - slope[0]) / (2 * step) - value) / fabs(value);
}

/* The plain reference on the activations and derivatives that the objective keeps. */
static double check_floor(const struct work *work, struct floor *net, struct floor_hessian *h)
{
	const struct mn_objective *o = &work->objective;
	struct floor_chunk *chunk = bench_memory((size_t)o->keeps * sizeof *chunk);
	*net = (struct floor){.rows = 1, .size = {(int)mn_shape_size(o->net->input)}};
	if ((int64_t)o->keeps * o->chunk < o->rows || o->net->layers > 2 * FLOOR_LAYERS - 1)
		bench_fail("bench_hessian", "the reference is for up to three layers, all chunks kept");
	for (int i = 0; i < o->net->layers; i += 2) /* ReLUs work in place */
		net->size[++net->layers] = o->net->layer[i].out.channels;
	floor_new(net, o->w);
	for (int c = 0; c < o->keeps; c++) {
		int64_t left = o->rows - (int64_t)c * o->chunk;
		chunk[c].rows = left < o->chunk ? (int)left : o->chunk;
		for (int i = 0; i <= net->layers; i++) {
			chunk[c].y[i] = o->kept[c].y[i ? 2 * i - 1 : 0];
			chunk[c].d[i] = o->kept[c].d[i ? 2 * i - 1 : 0];
		}
	}
	*h = (struct floor_hessian){.net = net, .v = work->v, .scale = 1 / (float)o->rows, .chunks = o->keeps, .chunk = chunk};
	floor_hessian_new(h);
	floor_hessian_step(h);
	double error = 0, length = 0;
	for (size_t i = 0; i < o->net->size; i++) {
		error += ((double)h->out[i] - (double)work->out[i]) * ((double)h->out[i] - (double)work->out[i]);
		length += (double)work->out[i] * (double)work->out[i];
	}
	return sqrt(error / length);
}

/* Any vector like the parameters, as the parameters of the model. */
static void save(struct mn_model *model, mn_real *vector, const char *folder, const char *name)
{
	struct mn_error err = {0};
	char path[4096];
	mn_real *w = model->w;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	model->w = vector;
	if (mn_model_save(model, path, false, &err))
		bench_fail(path, err.text);
	model->w = w;
}

int main(int argc, char **argv)
{
	if (argc != 7)
		bench_fail("bench_hessian", "NET DATASET FROM ROWS THREADS FOLDER");
	struct mn_error err = {0};
	struct mn_dataset data;
	struct mn_trainer trainer;
	struct work work;
	const char *net = argv[1];
	mn_blas_start(1, &(struct mn_error){0});
	bench_data(&data, argv[2], strcmp(argv[3], "-") == 0 ? NULL : argv[3], bench_number(argv[4]));
	save_data(&data, argv[6]);
	struct mn_pool *pool = mn_pool_new((int)bench_number(argv[5]), &err);
	struct mn_hyperparameters hyper = {
	        .net = net, .input = mn_net_default_input(net), .init = mn_net_default_init(net), .seed = 1, .batch = BATCH, .lr = 0.1};
	if (!pool || mn_trainer_new(&trainer, &hyper, &data, pool, &err))
		bench_fail(net, err.text);
	train(&trainer);

	size_t kept, n = trainer.net.size;
	if (mn_objective_new(&work.objective, &trainer.model, &data, MN_ROWS_ALL, pool, &err) ||
	    mn_objective_keep(&work.objective, MEMORY, &kept, &err))
		bench_fail(net, err.text);
	work.v = bench_memory(n * sizeof *work.v);
	work.out = bench_memory(n * sizeof *work.out);
	struct mn_operator op = {.n = n, .apply = mn_objective_product, .self = &work.objective};
	struct mn_eigen_options options = {.top = 1, .tolerance = 1e-3, .max_iterations = 200, .memory = MEMORY, .seed = 1, .pool = pool};
	struct mn_eigenpairs found;
	if (mn_lanczos(&op, &options, &found, &err))
		bench_fail(net, err.text);
	memcpy(work.v, found.pair[0].vector, n * sizeof *work.v);

	char text[128];
	struct floor floor;
	struct floor_hessian floor_hessian;
	save(&trainer.model, trainer.model.w, argv[6], "model.st");
	save(&trainer.model, work.v, argv[6], "v.st");
	run_product(&work, 1);
	save(&trainer.model, work.out, argv[6], "hv.st");
	double floor_error = check_floor(&work, &floor, &floor_hessian);
	snprintf(text, sizeof text, "error=%.3g floor_error=%.2g products=%lld converged=%d",
	         error_of_product(&work, work.v, found.pair[0].value), floor_error, (long long)found.products, found.pair[0].converged);
	struct bench_word words[] = {{"product", run_product, &work},
	                             {"gradient", run_gradient, &work},
	                             {"floor", floor_hessian_products, &floor_hessian},
	                             {NULL, NULL, NULL}};
	int status = bench_serve(words, text);
	mn_eigenpairs_free(&found);
	mn_objective_free(&work.objective);
	mn_trainer_free(&trainer);
	mn_dataset_free(&data);
	mn_pool_free(pool);
	free(work.v);
	free(work.out);
	return status;
}
