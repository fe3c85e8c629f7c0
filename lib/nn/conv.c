/* A convolutional layer (a correlation, as everywhere in the field): conv64k5 has 64 output channels and 5 x 5 windows; letter s is the
 * stride (1), p the padding (SAME where absent, see window.h). Its weights are [out, in, kh, kw] in the flat vector; each pass repacks
 * them for maps that have their channels last, which costs next to nothing. */
#include <string.h>

#include "correlate.h"
#include "sparse.h"
#include "tile.h"
#include "window.h"

/* The gradient of the weights is summed over bands of the batch's rows, then over the bands, in this order for any number of threads. */
enum { BANDS = 8 };

/* y from x. */
static struct mn_correlation ahead(const struct mn_layer *layer)
{
	return (struct mn_correlation){
	        .height = layer->in.height,
	        .width = layer->in.width,
	        .channels = layer->in.channels,
	        .spread = 1,
	        .pad_top = layer->pad_top,
	        .pad_left = layer->pad_left,
	        .side = layer->kernel,
	        .stride = layer->stride,
	        .out_height = layer->out.height,
	        .out_width = layer->out.width,
	        .outputs = layer->out.channels,
	        .vector = mn_tile_vector(),
	};
}

/* dx from dy: a correlation with the turned kernel, of dy with its pixels spread to where their windows began. */
static struct mn_correlation back(const struct mn_layer *layer)
{
	return (struct mn_correlation){
	        .height = layer->out.height,
	        .width = layer->out.width,
	        .channels = layer->out.channels,
	        .spread = layer->stride,
	        .pad_top = layer->kernel - 1 - layer->pad_top,
	        .pad_left = layer->kernel - 1 - layer->pad_left,
	        .side = layer->kernel,
	        .stride = 1,
	        .out_height = layer->in.height,
	        .out_width = layer->in.width,
	        .outputs = layer->in.channels,
	        .vector = mn_tile_vector(),
	};
}

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	int in = layer->in.channels, out = word->number, side = word->letter['k' - 'a'];
	if (out < 1 || side < 0)
		return mn_misuse(err, "--net: '%s': conv takes its channels and the window's side, as in conv64k5", word->text);
	if (mn_window_build(layer, word, side, 1, err))
		return -1;
	bool first = net->parameters == 0;
	layer->out.channels = out;
	struct mn_parameter *weight = mn_network_add_parameter(net, layer, "weight", 4, (int64_t[]){out, in, side, side}, err);
	if (!weight)
		return -1;
	weight->fan_in = in * side * side;
	weight->fan_out = out * side * side;
	weight->weight = true;
	weight->sd = 0.05;
	size_t count = weight->count;
	struct mn_parameter *bias = mn_network_add_parameter(net, layer, "bias", 1, (int64_t[]){out}, err);
	if (!bias)
		return -1;
	bias->truncated_start = first ? 0 : 0.1;
	struct mn_correlation forth = ahead(layer), home = back(layer);
	size_t scratch[] = {mn_correlation_scratch(&forth), mn_correlation_scratch(&home), mn_sparse_scratch(&forth)};
	size_t packed_sizes[] = {mn_correlation_packed(&forth), mn_correlation_packed(&home)};
	for (int i = 0; i < 3; i++)
		layer->scratch = scratch[i] > layer->scratch ? scratch[i] : layer->scratch;
	layer->shared = 2 * (packed_sizes[0] > packed_sizes[1] ? packed_sizes[0] : packed_sizes[1]) + BANDS * (count + (size_t)out);
	return 0;
}

static size_t weights(const struct mn_layer *layer)
{
	return (size_t)(layer->out.channels * layer->in.channels) * (size_t)(layer->kernel * layer->kernel);
}

/* The shared memory: the bands' sums [BANDS][weights, then biases], and room for two packed kernels. */
static mn_real *band_sum(const struct mn_pass *pass, int band)
{
	return pass->shared + (size_t)band * (weights(pass->layer) + (size_t)pass->layer->out.channels);
}

static mn_real *packed(const struct mn_pass *pass, const struct mn_correlation *shape, int which)
{
	return band_sum(pass, BANDS) + (size_t)which * mn_correlation_packed(shape);
}

/* A kernel of the flat vector packed for forward passes: [out, in, kh, kw] to [kh, kw, in, out] first. The bands' sums are not in use
 * while kernels are packed. */
static const mn_real *pack(const struct mn_pass *pass, const mn_real *flat, int which)
{
	const struct mn_correlation shape = ahead(pass->layer);
	const mn_real *from = flat + pass->layer->offset[0];
	size_t in = (size_t)shape.channels, out = (size_t)shape.outputs, taps = (size_t)(shape.side * shape.side);
	mn_real *turned = band_sum(pass, 0), *to = packed(pass, &shape, which);
	for (size_t o = 0; o < out; o++)
		for (size_t c = 0; c < in; c++)
			for (size_t t = 0; t < taps; t++)
				turned[(t * in + c) * out + o] = *from++;
	mn_correlation_pack(&shape, turned, to);
	return to;
}

/* The same for the way back: [out, in, kh, kw] to [kh, kw, out, in], both kernel axes turned around. */
static const mn_real *pack_turned(const struct mn_pass *pass, const mn_real *flat, int which)
{
	const struct mn_correlation shape = back(pass->layer);
	const mn_real *from = flat + pass->layer->offset[0];
	size_t in = (size_t)shape.outputs, out = (size_t)shape.channels, taps = (size_t)(shape.side * shape.side);
	mn_real *turned = band_sum(pass, 0), *to = packed(pass, &shape, which);
	for (size_t o = 0; o < out; o++)
		for (size_t c = 0; c < in; c++)
			for (size_t t = taps; t-- > 0;)
				turned[(t * out + o) * in + c] = *from++;
	mn_correlation_pack(&shape, turned, to);
	return to;
}

/* And for sparse deltas: [out, in, kh, kw] to [kh, kw, out, in]. It takes no more room than a packed kernel. */
static const mn_real *pack_plain(const struct mn_pass *pass, const mn_real *flat, int which)
{
	const struct mn_correlation shape = back(pass->layer);
	const mn_real *from = flat + pass->layer->offset[0];
	size_t in = (size_t)shape.outputs, out = (size_t)shape.channels, taps = (size_t)(shape.side * shape.side);
	mn_real *to = packed(pass, &shape, which);
	for (size_t o = 0; o < out; o++)
		for (size_t c = 0; c < in; c++)
			for (size_t t = 0; t < taps; t++)
				to[(t * out + o) * in + c] = *from++;
	return to;
}

/* Whether to leave out the zeros of d: a choice by the data alone. Max-pooling hands a window's derivative to one of its elements, so
 * that behind it hardly a quarter is not zero. */
static bool is_sparse(const struct mn_pass *pass, const mn_real *d)
{
	return mn_sparse_worthwhile(pass->rows, mn_shape_size(pass->layer->out), d);
}

/* A correlation of every row of the batch, or the sum of two. */
struct correlating {
	const struct mn_pass *pass;
	struct mn_correlation shape;
	const mn_real *source[2], *kernel[2]; /* source[1] may be NULL */
	const mn_real *bias;                  /* NULL: none */
	bool relu;
	mn_real *out;
};

static void add_bias(const struct correlating *job, mn_real *out)
{
	const struct mn_correlation *shape = &job->shape;
	for (int pixel = 0; pixel < shape->out_height * shape->out_width; pixel++, out += shape->outputs) {
		for (int j = 0; j < shape->outputs; j++)
			out[j] += job->bias[j];
		for (int j = 0; job->relu && j < shape->outputs; j++)
			out[j] = out[j] > 0 ? out[j] : 0;
	}
}

/* dx of a sparse dy: the shape is that of the way ahead, the kernels are plain. */
static void sparse_row(void *arg, int row, int worker)
{
	const struct correlating *job = arg;
	const struct mn_layer *layer = job->pass->layer;
	mn_real *dx = job->out + (size_t)row * mn_shape_size(layer->in);
	memset(dx, 0, mn_shape_size(layer->in) * sizeof *dx);
	for (int term = 0; term < 2 && job->source[term]; term++)
		mn_sparse_back(&job->shape, job->source[term] + (size_t)row * mn_shape_size(layer->out), job->kernel[term], dx,
		               job->pass->scratch[worker]);
}

static void correlate_row(void *arg, int row, int worker)
{
	const struct correlating *job = arg;
	const struct mn_correlation *shape = &job->shape;
	size_t in = (size_t)shape->height * (size_t)shape->width * (size_t)shape->channels;
	mn_real *out = job->out + (size_t)row * (size_t)shape->out_height * (size_t)shape->out_width * (size_t)shape->outputs;
	for (int term = 0; term < 2 && job->source[term]; term++)
		mn_correlate(shape, job->source[term] + (size_t)row * in, job->kernel[term], term > 0, out, job->pass->scratch[worker]);
	if (job->bias)
		add_bias(job, out);
}

/* The derivative of the weights: the sum over the rows of one or two products. */
struct summing {
	const struct mn_pass *pass;
	struct mn_correlation shape;
	const mn_real *x[2], *d[2]; /* x[1] may be NULL; the bias takes d[0] */
	bool sparse;                /* the sums are [out, kh, kw, in], else [kh, kw, in, out] */
};

static void sum_band(void *arg, int band, int worker)
{
	const struct summing *job = arg;
	const struct mn_pass *pass = job->pass;
	size_t in = mn_shape_size(pass->layer->in), out = mn_shape_size(pass->layer->out), channels = (size_t)pass->layer->out.channels;
	mn_real *sum = band_sum(pass, band), *bias = sum + weights(pass->layer);
	memset(sum, 0, (weights(pass->layer) + channels) * sizeof *sum);
	int last = (int)((int64_t)pass->rows * (band + 1) / BANDS);
	for (int row = (int)((int64_t)pass->rows * band / BANDS); row < last; row++) {
		for (int term = 0; term < 2 && job->x[term]; term++)
			(job->sparse ? mn_sparse_kernel : mn_correlate_kernel)(
			        &job->shape, job->x[term] + (size_t)row * in, job->d[term] + (size_t)row * out, sum, pass->scratch[worker]);
		for (const mn_real *d = job->d[0] + (size_t)row * out, *end = d + out; d < end; d += channels)
			for (size_t j = 0; j < channels; j++)
				bias[j] += d[j];
	}
}

/* One output channel's weights and bias: keep * to + scale * the bands' sums. */
static void gather_output(void *arg, int output, int worker)
{
	(void)worker;
	const struct summing *job = arg;
	const struct mn_pass *pass = job->pass;
	const struct mn_layer *layer = pass->layer;
	const struct mn_into *into = &pass->into;
	size_t in = (size_t)layer->in.channels, out = (size_t)layer->out.channels, taps = (size_t)(layer->kernel * layer->kernel);
	size_t o = (size_t)output, stride = weights(layer) + out, step = job->sparse ? 1 : out;
	const mn_real *sums = band_sum(pass, 0) + o * (job->sparse ? in * taps : 1), *bias_sums = band_sum(pass, 0) + weights(layer) + o;
	mn_real *to = into->to + layer->offset[0] + o * in * taps, *bias = into->to + layer->offset[1] + o;
	for (size_t c = 0; c < in; c++)
		for (size_t t = 0; t < taps; t++, to++) {
			mn_real sum = 0;
			for (size_t band = 0; band < BANDS; band++)
				sum += sums[band * stride + (t * in + c) * step];
			*to = into->keep_weights * *to + into->scale * sum;
		}
	mn_real sum = 0;
	for (size_t band = 0; band < BANDS; band++)
		sum += bias_sums[band * stride];
	*bias = into->keep_others * *bias + into->scale * sum;
}

static void add_gradient(const struct mn_pass *pass, struct summing job)
{
	job.pass = pass;
	job.shape = ahead(pass->layer);
	job.sparse = mn_sparse_runs(&job.shape) && is_sparse(pass, job.d[0]) && (!job.x[1] || is_sparse(pass, job.d[1]));
	mn_pool_run(pass->pool, BANDS, sum_band, &job);
	mn_pool_run(pass->pool, pass->layer->out.channels, gather_output, &job);
}

static void forward(const struct mn_pass *pass)
{
	struct correlating job = {
	        .pass = pass,
	        .shape = ahead(pass->layer),
	        .source = {pass->x},
	        .kernel = {pack(pass, pass->w, 0)},
	        .bias = pass->w + pass->layer->offset[1],
	        .relu = pass->layer->relu_follows,
	        .out = pass->y,
	};
	mn_pool_run(pass->pool, pass->rows, correlate_row, &job);
}

/* out = d with the kernel, summed over one or two terms. */
static void go_back(const struct mn_pass *pass, const mn_real *const d[2], const mn_real *const flat[2], mn_real *out)
{
	bool sparse = is_sparse(pass, d[0]) && (!d[1] || is_sparse(pass, d[1]));
	struct correlating job = {.pass = pass, .shape = sparse ? ahead(pass->layer) : back(pass->layer), .out = out};
	for (int term = 0; term < 2 && d[term]; term++) {
		job.source[term] = d[term];
		job.kernel[term] = (sparse ? pack_plain : pack_turned)(pass, flat[term], term);
	}
	mn_pool_run(pass->pool, pass->rows, sparse ? sparse_row : correlate_row, &job);
}

static void backward(const struct mn_pass *pass)
{
	if (pass->dx)
		go_back(pass, (const mn_real *[2]){pass->dy}, (const mn_real *[2]){pass->w}, pass->dx);
	if (pass->into.to)
		add_gradient(pass, (struct summing){.x = {pass->x}, .d = {pass->dy}});
}

/* R{y} = x * V + R{x} * W + v_b */
static void r_forward(const struct mn_pass *pass)
{
	struct correlating job = {
	        .pass = pass,
	        .shape = ahead(pass->layer),
	        .source = {pass->x, pass->rx},
	        .kernel = {pack(pass, pass->v, 0), pack(pass, pass->w, 1)},
	        .bias = pass->v + pass->layer->offset[1],
	        .out = pass->ry,
	};
	mn_pool_run(pass->pool, pass->rows, correlate_row, &job);
}

/* R{dW} = R{dy} with x + dy with R{x};  R{dx} = R{dy} with W + dy with V */
static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		go_back(pass, (const mn_real *[2]){pass->rdy, pass->dy}, (const mn_real *[2]){pass->w, pass->v}, pass->rdx);
	if (pass->into.to)
		add_gradient(pass, (struct summing){.x = {pass->x, pass->rx}, .d = {pass->rdy, pass->dy}});
}

const struct mn_layer_kind mn_layer_conv = {
        .name = "conv",
        .letters = "ksp",
        .fuses_relu = true,
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
