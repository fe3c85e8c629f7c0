/* Batch normalization (Ioffe & Szegedy 2015), per channel over rows, height and width, with PyTorch's names and conventions:
 *     y = weight * (x - mean) / sqrt(variance + 1e-5) + bias
 * In training mean and (biased) variance are the batch's, and the running ones move a tenth of the way to them (the variance to the
 * unbiased one). In evaluation, the Hessian's mode too, they are the running ones and count as constants. The layer before keeps its
 * bias, which has no effect in training: the mean takes it out again. */
#include <math.h>

#include "mn/network.h"

static const double epsilon = 1e-5, step = 0.1;

/* Tensors: offset[0] weight, [1] bias; buffers: [0] running_mean, [1] running_var.
 * Shared memory: mean, 1 / sd, and the weight's and bias's derivatives, of every channel. State: two sums a channel of every row. */
enum { MEAN, INVERSE, DWEIGHT, DBIAS, LISTS };

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	if (word->number >= 0)
		return mn_misuse(err, "--net: '%s': bn takes no number", word->text);
	int channels = layer->in.channels;
	layer->out = layer->in;
	layer->shared = LISTS * (size_t)channels;
	layer->state = 2 * (size_t)channels;
	struct mn_parameter *weight = mn_network_add_parameter(net, layer, "weight", 1, (int64_t[]){channels}, err);
	if (!weight)
		return -1;
	weight->start = weight->truncated_start = 1;
	if (!mn_network_add_parameter(net, layer, "bias", 1, (int64_t[]){channels}, err) ||
	    !mn_network_add_buffer(net, layer, "running_mean", channels, 0, err) ||
	    !mn_network_add_buffer(net, layer, "running_var", channels, 1, err))
		return -1;
	return 0;
}

static size_t channels_of(const struct mn_pass *pass)
{
	return (size_t)pass->layer->in.channels;
}

static mn_real *list(const struct mn_pass *pass, int which)
{
	return pass->shared + (size_t)which * channels_of(pass);
}

/* Sums over every row: to[0] of a, to[1] of a * (x - mean) / sd where x is not NULL. Each row's own sums go to the state, and are added up
 * row by row, in double. */
struct sums {
	const struct mn_pass *pass;
	const mn_real *a, *x;
	bool squares; /* of (a - mean) instead: the variance */
};

static void sum_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct sums *s = arg;
	const struct mn_pass *pass = s->pass;
	size_t channels = channels_of(pass), size = mn_shape_size(pass->layer->in), first = (size_t)row * size;
	const mn_real *mean = list(pass, MEAN), *inverse = list(pass, INVERSE);
	mn_real *sum = pass->state + (size_t)row * 2 * channels, *product = sum + channels;
	for (size_t c = 0; c < 2 * channels; c++)
		sum[c] = 0;
	for (size_t at = first; at < first + size; at += channels) {
		const mn_real *a = s->a + at, *x = s->x ? s->x + at : NULL;
		for (size_t c = 0; c < channels; c++)
			sum[c] += s->squares ? (a[c] - mean[c]) * (a[c] - mean[c]) : a[c];
		for (size_t c = 0; x && c < channels; c++)
			product[c] += a[c] * (x[c] - mean[c]) * inverse[c];
	}
}

static void run_sums(const struct mn_pass *pass, struct sums s)
{
	s.pass = pass;
	mn_pool_run(pass->pool, pass->rows, sum_row, &s);
}

static double total(const struct mn_pass *pass, size_t c)
{
	double sum = 0;
	for (size_t row = 0; row < (size_t)pass->rows; row++)
		sum += pass->state[row * 2 * channels_of(pass) + c];
	return sum;
}

static double count(const struct mn_pass *pass)
{
	return (double)pass->rows * pass->layer->in.height * pass->layer->in.width;
}

/* The batch's mean and variance, for this pass and into the running ones. */
static void measure(const struct mn_pass *pass)
{
	size_t channels = channels_of(pass);
	double n = count(pass);
	mn_real *mean = list(pass, MEAN), *inverse = list(pass, INVERSE);
	mn_real *running_mean = pass->buffers + pass->layer->buffer[0], *running_var = pass->buffers + pass->layer->buffer[1];
	run_sums(pass, (struct sums){.a = pass->x});
	for (size_t c = 0; c < channels; c++) {
		mean[c] = (mn_real)(total(pass, c) / n);
		running_mean[c] += (mn_real)step * (mean[c] - running_mean[c]);
	}
	run_sums(pass, (struct sums){.a = pass->x, .squares = true});
	for (size_t c = 0; c < channels; c++) {
		double variance = total(pass, c) / n, unbiased = n > 1 ? variance * n / (n - 1) : variance;
		inverse[c] = (mn_real)(1 / sqrt(variance + epsilon));
		running_var[c] += (mn_real)step * ((mn_real)unbiased - running_var[c]);
	}
}

static void recall(const struct mn_pass *pass)
{
	const mn_real *running_mean = pass->buffers + pass->layer->buffer[0], *running_var = pass->buffers + pass->layer->buffer[1];
	for (size_t c = 0; c < channels_of(pass); c++) {
		list(pass, MEAN)[c] = running_mean[c];
		list(pass, INVERSE)[c] = (mn_real)(1 / sqrt((double)running_var[c] + epsilon));
	}
}

static void forward_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct mn_pass *pass = arg;
	size_t channels = channels_of(pass), size = mn_shape_size(pass->layer->in), first = (size_t)row * size;
	const mn_real *mean = list(pass, MEAN), *inverse = list(pass, INVERSE);
	const mn_real *weight = pass->w + pass->layer->offset[0], *bias = pass->w + pass->layer->offset[1];
	for (size_t at = first; at < first + size; at += channels)
		for (size_t c = 0; c < channels; c++)
			pass->y[at + c] = weight[c] * ((pass->x[at + c] - mean[c]) * inverse[c]) + bias[c];
}

static void forward(const struct mn_pass *pass)
{
	if (pass->draw)
		measure(pass);
	else
		recall(pass);
	mn_pool_run(pass->pool, pass->rows, forward_row, (void *)pass);
}

static void add_tensors(const struct mn_pass *pass)
{
	const struct mn_into *into = &pass->into;
	for (int tensor = 0; into->to && tensor < 2; tensor++) {
		mn_real *to = into->to + pass->layer->offset[tensor];
		for (size_t c = 0; c < channels_of(pass); c++)
			to[c] = into->keep_others * to[c] + into->scale * list(pass, DWEIGHT + tensor)[c];
	}
}

/* dx = weight / sd * (dy - mean(dy) - x^ mean(dy x^)) in training, x^ the normalized x; weight / sd * dy in evaluation. */
static void backward_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct mn_pass *pass = arg;
	size_t channels = channels_of(pass), size = mn_shape_size(pass->layer->in), first = (size_t)row * size;
	const mn_real *mean = list(pass, MEAN), *inverse = list(pass, INVERSE), *weight = pass->w + pass->layer->offset[0];
	const mn_real *dweight = list(pass, DWEIGHT), *dbias = list(pass, DBIAS), share = pass->draw ? (mn_real)(1 / count(pass)) : 0;
	for (size_t at = first; at < first + size; at += channels)
		for (size_t c = 0; c < channels; c++) {
			mn_real normal = (pass->x[at + c] - mean[c]) * inverse[c];
			mn_real centred = pass->dy[at + c] - share * (dbias[c] + normal * dweight[c]);
			pass->dx[at + c] = weight[c] * inverse[c] * centred;
		}
}

static void backward(const struct mn_pass *pass)
{
	run_sums(pass, (struct sums){.a = pass->dy, .x = pass->x});
	for (size_t c = 0; c < channels_of(pass); c++) {
		list(pass, DBIAS)[c] = (mn_real)total(pass, c);
		list(pass, DWEIGHT)[c] = (mn_real)total(pass, channels_of(pass) + c);
	}
	if (pass->dx)
		mn_pool_run(pass->pool, pass->rows, backward_row, (void *)pass);
	add_tensors(pass);
}

/* R{y} = weight R{x} / sd + v_weight x^ + v_bias */
static void r_forward(const struct mn_pass *pass)
{
	size_t channels = channels_of(pass), size = (size_t)pass->rows * mn_shape_size(pass->layer->in);
	const mn_real *mean = list(pass, MEAN), *inverse = list(pass, INVERSE), *weight = pass->w + pass->layer->offset[0];
	const mn_real *vweight = pass->v + pass->layer->offset[0], *vbias = pass->v + pass->layer->offset[1];
	for (size_t at = 0; at < size; at += channels)
		for (size_t c = 0; c < channels; c++)
			pass->ry[at + c] = vweight[c] * ((pass->x[at + c] - mean[c]) * inverse[c]) + vbias[c];
	for (size_t at = 0; pass->rx && at < size; at += channels)
		for (size_t c = 0; c < channels; c++)
			pass->ry[at + c] += weight[c] * inverse[c] * pass->rx[at + c];
}

/* R{dweight} = sum of R{dy} x^ + dy R{x} / sd;  R{dbias} = sum of R{dy};  R{dx} = (weight R{dy} + v_weight dy) / sd */
static void r_backward(const struct mn_pass *pass)
{
	size_t channels = channels_of(pass), size = (size_t)pass->rows * mn_shape_size(pass->layer->in);
	const mn_real *inverse = list(pass, INVERSE), *weight = pass->w + pass->layer->offset[0], *v = pass->v + pass->layer->offset[0];
	run_sums(pass, (struct sums){.a = pass->rdy, .x = pass->x});
	for (size_t c = 0; c < channels; c++) {
		double sum = total(pass, channels + c);
		for (size_t at = c; pass->rx && at < size; at += channels)
			sum += (double)(pass->dy[at] * pass->rx[at] * inverse[c]);
		list(pass, DWEIGHT)[c] = (mn_real)sum;
		list(pass, DBIAS)[c] = (mn_real)total(pass, c);
	}
	for (size_t at = 0; pass->rdx && at < size; at += channels)
		for (size_t c = 0; c < channels; c++)
			pass->rdx[at + c] = inverse[c] * (weight[c] * pass->rdy[at + c] + v[c] * pass->dy[at + c]);
	add_tensors(pass);
}

const struct mn_layer_kind mn_layer_bn = {
        .name = "bn",
        .letters = "",
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
