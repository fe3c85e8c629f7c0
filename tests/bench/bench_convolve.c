/* bench_convolve DATASET FROM [colour] - the convolutions of an alexnet step by oneDNN in its own layout, and the step's other matrix
 * products by OpenBLAS: a floor for the step, batch 128. One thread.
 *
 * FROM: the folder of the data set, or - for where mn-fetch finds it. Words: floor. Says error, the largest difference of the five
 * convolutions from the network's own on a real batch, relative to each result's length. */
#include <dnnl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "floor.h"
#include "mn/gemm.h"
#include "mn/loss.h"
#include "mn/train.h"

enum { BATCH = 128, ARGUMENTS = 3, CONVOLUTIONS = 5 };

/* One of oneDNN's convolutions: forward, or with respect to the input or the weights; its last argument is its result. */
struct convolution {
	dnnl_primitive_t primitive;
	dnnl_exec_arg_t argument[ARGUMENTS];
	dnnl_memory_desc_t plain[ARGUMENTS]; /* NHWC and [out, in, kh, kw], as the network has them */
};

struct work {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	struct convolution convolution[CONVOLUTIONS];
	struct floor products;
};

static void demand(dnnl_status_t status, const char *what)
{
	if (status != dnnl_success)
		bench_fail("oneDNN", what);
}

static void run_convolution(const struct work *work, const struct convolution *c)
{
	demand(dnnl_primitive_execute(c->primitive, work->stream, ARGUMENTS, c->argument), "cannot convolve");
	demand(dnnl_stream_wait(work->stream), "cannot wait");
}

static void run_floor(void *arg, long count)
{
	struct work *work = arg;
	for (long i = 0; i < count; i++) {
		for (int j = 0; j < CONVOLUTIONS; j++)
			run_convolution(work, &work->convolution[j]);
		floor_products(&work->products, 1);
	}
}

static dnnl_memory_desc_t describe(const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
	dnnl_memory_desc_t desc;
	demand(dnnl_memory_desc_init_by_tag(&desc, 4, dims, dnnl_f32, tag), "cannot describe");
	return desc;
}

static dnnl_memory_t memory(const struct work *work, const dnnl_memory_desc_t *desc, void *data)
{
	dnnl_memory_t m;
	demand(dnnl_memory_create(&m, desc, work->engine, data), "cannot allocate");
	return m;
}

static void reorder(const struct work *work, dnnl_memory_t from, const dnnl_memory_desc_t *a, dnnl_memory_t to, const dnnl_memory_desc_t *b)
{
	dnnl_primitive_desc_t pd;
	dnnl_primitive_t primitive;
	dnnl_exec_arg_t argument[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
	demand(dnnl_reorder_primitive_desc_create(&pd, a, work->engine, b, work->engine, NULL), "cannot reorder");
	demand(dnnl_primitive_create(&primitive, pd), "cannot reorder");
	demand(dnnl_primitive_execute(primitive, work->stream, 2, argument), "cannot reorder");
	demand(dnnl_stream_wait(work->stream), "cannot wait");
	dnnl_primitive_destroy(primitive);
	dnnl_primitive_desc_destroy(pd);
}

static const dnnl_memory_desc_t *chosen(const struct convolution *c, int i)
{
	const dnnl_memory_desc_t *desc;
	demand(dnnl_memory_get_memory_desc(c->argument[i].memory, &desc), "cannot describe");
	return desc;
}

/* Two operands, where they lie in the network. */
static void fill(const struct work *work, const struct convolution *c, const float *const operand[2])
{
	for (int i = 0; i < 2; i++) {
		dnnl_memory_t from = memory(work, &c->plain[i], (void *)operand[i]);
		reorder(work, from, &c->plain[i], c->argument[i].memory, chosen(c, i));
		dnnl_memory_destroy(from);
	}
}

/* How far the result is from what the network has, relative to its length; with biases, after these and a ReLU. */
static double compare(const struct work *work, const struct convolution *c, size_t n, const float *bias, int channels,
                      const float *expected)
{
	float *result = bench_memory(n * sizeof *result);
	dnnl_memory_t to = memory(work, &c->plain[2], result);
	reorder(work, c->argument[2].memory, chosen(c, 2), to, &c->plain[2]);
	dnnl_memory_destroy(to);
	double error = 0, length = 0;
	for (size_t i = 0; i < n; i++) {
		double value = (double)result[i];
		if (bias)
			value = fmax(value + (double)bias[i % (size_t)channels], 0);
		error += (value - (double)expected[i]) * (value - (double)expected[i]);
		length += (double)expected[i] * (double)expected[i];
	}
	free(result);
	return sqrt(error / length);
}

/* kind: forward, backward_data or backward_weights of a layer. */
static void plan(const struct work *work, const struct mn_layer *layer, dnnl_prop_kind_t kind, struct convolution *c)
{
	int side = layer->kernel, down = (layer->out.height - 1) * layer->stride + side - layer->in.height - layer->pad_top;
	dnnl_dims_t x = {BATCH, layer->in.channels, layer->in.height, layer->in.width};
	dnnl_dims_t w = {layer->out.channels, layer->in.channels, side, side};
	dnnl_dims_t y = {BATCH, layer->out.channels, layer->out.height, layer->out.width};
	dnnl_dims_t strides = {layer->stride, layer->stride}, before = {layer->pad_top, layer->pad_left}, after = {down, down};
	dnnl_memory_desc_t any[] = {describe(x, dnnl_format_tag_any), describe(w, dnnl_format_tag_any), describe(y, dnnl_format_tag_any)};
	const dnnl_memory_desc_t plain[] = {describe(x, dnnl_nhwc), describe(w, dnnl_oihw), describe(y, dnnl_nhwc)};
	dnnl_convolution_desc_t desc;
	dnnl_primitive_desc_t ahead, pd;
	demand(dnnl_convolution_forward_desc_init(&desc, dnnl_forward_training, dnnl_convolution_direct, &any[0], &any[1], NULL, &any[2],
	                                          strides, before, after),
	       "cannot describe a convolution");
	demand(dnnl_primitive_desc_create(&ahead, &desc, NULL, work->engine, NULL), "cannot plan a convolution");
	static const int arguments[][ARGUMENTS] = {{DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
	                                           {DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC},
	                                           {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS}};
	static const dnnl_query_t queries[][ARGUMENTS] = {{dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
	                                                  {dnnl_query_weights_md, dnnl_query_diff_dst_md, dnnl_query_diff_src_md},
	                                                  {dnnl_query_src_md, dnnl_query_diff_dst_md, dnnl_query_diff_weights_md}};
	static const int which[][ARGUMENTS] = {{0, 1, 2}, {1, 2, 0}, {0, 2, 1}};
	int form = 0;
	if (kind == dnnl_backward_data) {
		form = 1;
		demand(dnnl_convolution_backward_data_desc_init(&desc, dnnl_convolution_direct, &any[0], &any[1], &any[2], strides, before,
		                                                after),
		       "cannot describe a convolution");
	} else if (kind == dnnl_backward_weights) {
		form = 2;
		demand(dnnl_convolution_backward_weights_desc_init(&desc, dnnl_convolution_direct, &any[0], &any[1], NULL, &any[2], strides,
		                                                   before, after),
		       "cannot describe a convolution");
	}
	demand(dnnl_primitive_desc_create(&pd, &desc, NULL, work->engine, ahead), "cannot plan a convolution");
	demand(dnnl_primitive_create(&c->primitive, pd), "cannot make a convolution");
	for (int i = 0; i < ARGUMENTS; i++) {
		const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(pd, queries[form][i], 0);
		c->plain[i] = plain[which[form][i]];
		c->argument[i] = (dnnl_exec_arg_t){arguments[form][i], memory(work, md, DNNL_MEMORY_ALLOCATE)};
	}
	dnnl_primitive_desc_destroy(pd);
	dnnl_primitive_desc_destroy(ahead);
}

/* All five on the trainer's batch against the network's own. */
static double check(struct work *work, const struct mn_trainer *t, const float *gradient)
{
	const struct mn_workspace *ws = &t->ws;
	double worst = 0;
	struct convolution *next = work->convolution;
	for (int i = 0; i < t->net.layers; i++) {
		const struct mn_layer *layer = &t->net.layer[i];
		if (strcmp(layer->kind->name, "conv") != 0)
			continue;
		const float *w = t->model.w + layer->offset[0], *bias = t->model.w + layer->offset[1];
		int channels = layer->out.channels;
		size_t in = BATCH * mn_shape_size(layer->in), out = BATCH * mn_shape_size(layer->out);
		size_t weights = (size_t)(layer->kernel * layer->kernel * layer->in.channels * channels);
		plan(work, layer, dnnl_forward_training, next);
		fill(work, next, (const float *[2]){ws->y[i], w});
		run_convolution(work, next);
		worst = fmax(worst, compare(work, next++, out, bias, channels, ws->y[i + 1]));
		plan(work, layer, dnnl_backward_weights, next);
		fill(work, next, (const float *[2]){ws->y[i], ws->d[i + 1]});
		run_convolution(work, next);
		worst = fmax(worst, compare(work, next++, weights, NULL, 0, gradient + layer->offset[0]));
		if (i == 0)
			continue;
		plan(work, layer, dnnl_backward_data, next);
		fill(work, next, (const float *[2]){w, ws->d[i + 1]});
		run_convolution(work, next);
		worst = fmax(worst, compare(work, next++, in, NULL, 0, ws->d[i]));
	}
	return worst;
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 4)
		bench_fail("bench_convolve", "DATASET FROM [colour]");
	struct mn_error err = {0};
	struct mn_dataset data;
	struct mn_trainer t;
	struct work work = {.products = {.layers = 3, .rows = BATCH, .size = {0, 384, 192, 10}, .inputs = true}};
	const char *net = "alexnet";
	if (mn_blas_start(1, &err))
		bench_fail(net, err.text);
	bench_data(&data, argv[1], strcmp(argv[2], "-") == 0 ? NULL : argv[2], BATCH);
	bench_change_pixels(&data, argc > 3 ? argv[3] : "");
	struct mn_hyperparameters hyper = {
	        .net = net, .input = mn_net_default_input(net), .init = mn_net_default_init(net), .seed = 1, .batch = BATCH, .lr = 0.01};
	if (mn_trainer_new(&t, &hyper, &data, NULL, &err))
		bench_fail(net, err.text);
	demand(dnnl_engine_create(&work.engine, dnnl_cpu, 0), "no engine");
	demand(dnnl_stream_create(&work.stream, work.engine, dnnl_stream_default_flags), "no stream");

	/* One pass of the network, whose maps stay in its workspace. */
	struct mn_images images = mn_model_images(&data);
	float *gradient = bench_memory(t.net.size * sizeof *gradient);
	mn_input_fill(&t.model.input, &images, NULL, 0, BATCH, t.net.flat_input, NULL, t.ws.y[0]);
	mn_network_forward(&t.ws, t.model.w, t.model.buffers, BATCH, NULL);
	mn_loss(MN_CROSS_ENTROPY, mn_workspace_logits(&t.ws), data.labels, BATCH, data.classes, 1 / (mn_real)BATCH,
	        mn_workspace_dlogits(&t.ws), NULL, NULL);
	mn_network_backward(&t.ws, t.model.w, t.model.buffers, BATCH, NULL, (struct mn_into){.to = gradient, .scale = 1});
	double error = check(&work, &t, gradient);
	for (int i = 0; work.products.size[0] == 0; i++)
		if (strcmp(t.net.layer[i].kind->name, "fc") == 0)
			work.products.size[0] = (int)mn_shape_size(t.net.layer[i].in);
	floor_new(&work.products, NULL);
	char text[64];
	snprintf(text, sizeof text, "error=%.2g", error);
	return bench_serve((const struct bench_word[]){{"floor", run_floor, &work}, {NULL, NULL, NULL}}, text);
}
