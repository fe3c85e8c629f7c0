/* bench_train NET DATASET FROM THREADS FOLDER - training steps of a network as mn-train runs them, batch 128, learning rate 0.01.
 *
 * FROM: the folder of the data set, or - for where mn-fetch finds it. FOLDER gets what another implementation needs to do the same and to
 * be checked: start.st (the model), batches.st (the first rows in the order of the first steps), after.st (the model after those).
 * Words: step; and floor for mlp:H,H, whose first steps are checked against the plain reference of floor.c. */
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

/* The first steps of both, on the same rows; then the reference keeps its last batch, for the bare products. */
static double check_floor(struct mn_trainer *t, const mn_real *start, struct floor *f)
{
	const struct mn_dataset *data = t->data;
	int in = (int)mn_dataset_pixels(data);
	float *x = bench_memory((size_t)BATCH * (size_t)in * sizeof *x);
	uint8_t label[BATCH];
	floor_new(f, in, t->net.width, data->classes, BATCH, rate, start, x);
	free(x);
	for (int step = 0; step < CHECKED; step++) {
		for (int i = 0; i < BATCH; i++) {
			int64_t row = t->order[step * BATCH + i];
			mn_dataset_row(data, row, f->x + (size_t)i * (size_t)in);
			label[i] = data->labels[row];
		}
		floor_step(f, label);
	}
	return apart(t->net.size, start, t->model.w, f->w);
}

int main(int argc, char **argv)
{
	if (argc != 6)
		bench_fail("bench_train", "NET DATASET FROM THREADS FOLDER");
	struct mn_error err = {0};
	struct mn_dataset data;
	struct mn_trainer trainer;
	const char *net = argv[1], *folder = argv[5];
	mn_blas_start(1, &(struct mn_error){0});
	bench_data(&data, argv[2], strcmp(argv[3], "-") == 0 ? NULL : argv[3], ROWS);
	struct mn_pool *pool = mn_pool_new((int)bench_number(argv[4]), &err);
	struct mn_hyperparameters hyper = {.net = net,
	                                   .input = mn_net_default_input(net),
	                                   .init = mn_net_default_init(net),
	                                   .seed = 1,
	                                   .batch = BATCH,
	                                   .lr = (double)rate};
	if (!pool || mn_trainer_new(&trainer, &hyper, &data, pool, &err))
		bench_fail(net, err.text);

	save(&trainer, folder, "start.st");
	mn_real *start = bench_memory(trainer.net.size * sizeof *start);
	memcpy(start, trainer.model.w, trainer.net.size * sizeof *start);
	run_steps(&trainer, CHECKED);
	save_batches(&trainer, folder);
	save(&trainer, folder, "after.st");

	struct floor floor;
	int hidden, second, end;
	char text[128];
	bool has_floor = sscanf(net, "mlp:%d,%d%n", &hidden, &second, &end) == 2 && hidden == second && !net[end];
	double error = has_floor ? check_floor(&trainer, start, &floor) : 0;
	struct mn_tensor w = {.data = trainer.model.w, .bytes = trainer.net.size * sizeof *trainer.model.w};
	snprintf(text, sizeof text, "crc=%08x floor_error=%.2g", mn_tensor_crc(&w), error);
	free(start);
	const struct bench_word words[] = {
	        {"step", run_steps, &trainer}, {has_floor ? "floor" : NULL, floor_products, &floor}, {NULL, NULL, NULL}};
	return bench_serve(words, text);
}
