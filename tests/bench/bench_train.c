/* bench_train NET DATASET FROM THREADS FOLDER [PIXELS] - training steps of a network as mn-train runs them, batch 128, learning rate 0.01.
 *
 * FROM: the folder of the data set, or - for where mn-fetch finds it. PIXELS: nonzero makes every zero of the images a one; colour takes
 * gray images for colour ones of 32 x 32. FOLDER gets what another implementation needs to do the same and to be checked: start.st (the
 * model), batches.st (the first rows in the order of the first steps), after.st (the model after those).
 * Words: step; and for networks of fully connected layers floor, whose first steps are checked against the plain reference of floor.c,
 * and blind, steps of a twin that does not look for zeros. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "floor.h"
#include "mn/gemm.h"
#include "mn/train.h"

enum { ROWS = 12800, BATCH = 128, CHECKED = 5 };
static const float rate = 0.01f;

static void run_steps(void *arg, long count)
{
	for (long i = 0; i < count; i++)
		if (mn_train_step(arg) == MN_TRAIN_DIVERGED)
			bench_fail("step", "diverged");
}

static void save(struct mn_trainer *t, const char *folder, const char *name)
{
	struct mn_error err = {0};
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (mn_model_save(&t->model, path, false, &err))
		bench_fail(path, err.text);
}

/* The rows of the steps that are checked, in their order. */
static void save_batches(const struct mn_trainer *t, const char *folder)
{
	const struct mn_dataset *data = t->data;
	struct mn_error err = {0};
	struct mn_stream stream;
	char path[4096];
	snprintf(path, sizeof path, "%s/batches.st", folder);
	int64_t rows = CHECKED * BATCH;
	FILE *file = fopen(path, "we");
	if (!file || mn_stream_new(&stream, path, &err))
		bench_fail(path, "cannot be written");
	struct mn_tensor *images =
	        mn_stream_add(&stream, "images", MN_U8, 4, (int64_t[]){rows, data->channels, data->height, data->width}, &err);
	size_t pixels = mn_dataset_pixels(data);
	for (int64_t i = 0; images && i < rows; i++)
		memcpy((char *)images->data + (size_t)i * pixels, (char *)data->images + (size_t)t->order[i] * pixels, pixels);
	struct mn_tensor *labels = mn_stream_add(&stream, "labels", MN_U8, 1, &rows, &err);
	for (int64_t i = 0; labels && i < rows; i++)
		((uint8_t *)labels->data)[i] = data->labels[t->order[i]];
	if (!labels || mn_stream_write(&stream, file, false, &err) || fclose(file))
		bench_fail(path, err.text);
	mn_stream_free(&stream);
}

/* How far apart two trainings from the same start are, relative to how far they went. */
static double apart(size_t n, const mn_real *start, const mn_real *a, const float *b)
{
	double error = 0, way = 0;
	for (size_t i = 0; i < n; i++) {
		error += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
		way += ((double)a[i] - (double)start[i]) * ((double)a[i] - (double)start[i]);
	}
	return sqrt(error / way);
}

/* Describes a network of fully connected layers, ReLU between them. False for any other. */
static bool describe(const struct mn_network *net, struct floor *f)
{
	*f = (struct floor){.rows = BATCH, .lr = rate, .size = {(int)mn_shape_size(net->input)}};
	for (int i = 0; i < net->layers; i++) {
		bool fc = strcmp(net->layer[i].kind->name, "fc") == 0;
		if (fc == (i % 2 == 1) || f->layers == FLOOR_LAYERS)
			return false;
		if (fc)
			f->size[++f->layers] = net->layer[i].out.channels;
	}
	return net->flat_input;
}

/* The first steps of both, on the same rows; then the reference keeps its last batch, for the bare products. */
static double check_floor(struct mn_trainer *t, const mn_real *start, struct floor *f)
{
	const struct mn_dataset *data = t->data;
	uint8_t label[BATCH];
	floor_new(f, start);
	for (int step = 0; step < CHECKED; step++) {
		for (int i = 0; i < BATCH; i++) {
			int64_t row = t->order[step * BATCH + i];
			mn_dataset_row(data, row, f->y[0] + (size_t)i * (size_t)f->size[0]);
			label[i] = data->labels[row];
		}
		floor_step(f, label);
	}
	return apart(t->net.size, start, t->model.w, f->w);
}

static void new_trainer(struct mn_trainer *trainer, const char *net, const struct mn_dataset *data, struct mn_pool *pool)
{
	struct mn_error err = {0};
	struct mn_hyperparameters hyper = {.net = net,
	                                   .input = mn_net_default_input(net),
	                                   .init = mn_net_default_init(net),
	                                   .seed = 1,
	                                   .batch = BATCH,
	                                   .lr = (double)rate};
	if (mn_trainer_new(trainer, &hyper, data, pool, &err))
		bench_fail(net, err.text);
}

int main(int argc, char **argv)
{
	if (argc < 6 || argc > 7)
		bench_fail("bench_train", "NET DATASET FROM THREADS FOLDER [PIXELS]");
	struct mn_error err = {0};
	struct mn_dataset data;
	struct mn_trainer trainer, blind;
	const char *net = argv[1], *folder = argv[5];
	int threads = (int)bench_number(argv[4]);
	if (mn_blas_start(threads, &err))
		bench_fail(net, err.text);
	bench_data(&data, argv[2], strcmp(argv[3], "-") == 0 ? NULL : argv[3], ROWS);
	bench_change_pixels(&data, argc > 6 ? argv[6] : "");
	struct mn_pool *pool = mn_pool_new(threads, &err);
	if (!pool)
		bench_fail(net, err.text);
	new_trainer(&trainer, net, &data, pool);
	new_trainer(&blind, net, &data, pool);
	blind.net.layer[0].number = 1; /* only the first layer looks for zeros */

	save(&trainer, folder, "start.st");
	mn_real *start = bench_memory(trainer.net.size * sizeof *start);
	memcpy(start, trainer.model.w, trainer.net.size * sizeof *start);
	run_steps(&trainer, CHECKED);
	save_batches(&trainer, folder);
	save(&trainer, folder, "after.st");

	struct floor floor;
	char text[128];
	bool has_floor = describe(&trainer.net, &floor);
	double error = has_floor ? check_floor(&trainer, start, &floor) : 0;
	struct mn_tensor w = {.data = trainer.model.w, .bytes = trainer.net.size * sizeof *trainer.model.w};
	snprintf(text, sizeof text, "crc=%08x floor_error=%.2g", mn_tensor_crc(&w), error);
	free(start);
	const struct bench_word words[] = {{"step", run_steps, &trainer},
	                                   {has_floor ? "floor" : NULL, floor_products, &floor},
	                                   {"blind", run_steps, &blind},
	                                   {NULL, NULL, NULL}};
	return bench_serve(words, text);
}
