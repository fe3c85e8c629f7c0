/* A fully connected layer: y = x W' + b, W [out, in]. Where x is a feature map, W's columns are in C, H, W order, as PyTorch
 * flattens; the map itself lies as H, W, C, so it is turned around into the layer's state first. */
#include <string.h>

#include "mn/gemm.h"
#include "mn/kernels.h"
#include "mn/lists.h"
#include "mn/network.h"

static bool is_map(const struct mn_layer *layer)
{
	return layer->in.channels > 1 && (layer->in.height > 1 || layer->in.width > 1);
}

static int size_in(const struct mn_layer *layer)
{
	return (int)mn_shape_size(layer->in);
}

/* Pixels are often zero: the first layer looks at them before it multiplies. */
static bool is_first(const struct mn_layer *layer)
{
	return layer->number == 0 && !is_map(layer);
}

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	if (word->number < 1)
		return mn_misuse(err, "--net: '%s': fc needs a size, as in fc512", word->text);
	int in = size_in(layer), out = word->number;
	layer->out = (struct mn_shape){out, 1, 1};
	if (is_map(layer)) {
		layer->state = 2 * (size_t)in; /* x turned around, and room for one more such matrix */
	} else if (is_first(layer)) {
		layer->state = mn_lists_state(in); /* where x is not zero */
		layer->shared = mn_lists_shared(in);
		layer->scratch = mn_lists_scratch();
	}
	struct mn_parameter *weight = mn_network_add_parameter(net, layer, "weight", 2, (int64_t[]){out, in}, err);
	if (!weight)
		return -1;
	weight->fan_in = in;
	weight->fan_out = out;
	weight->weight = true;
	weight->sd = 0.04;
	struct mn_parameter *bias = mn_network_add_parameter(net, layer, "bias", 1, (int64_t[]){out}, err);
	if (!bias)
		return -1;
	bias->truncated_start = 0.1;
	return 0;
}

/* [rows, H*W, C] to [rows, C, H*W], or back. */
static void turn(const struct mn_layer *layer, int rows, const mn_real *from, mn_real *to, bool back)
{
	size_t channels = (size_t)layer->in.channels, area = (size_t)layer->in.height * (size_t)layer->in.width;
	size_t lines = back ? channels : area, columns = back ? area : channels;
	for (int row = 0; row < rows; row++, from += channels * area, to += channels * area)
		for (size_t i = 0; i < lines; i++)
			for (size_t j = 0; j < columns; j++)
				to[j * lines + i] = from[i * columns + j];
}

static mn_real *spare(const struct mn_pass *pass)
{
	return pass->state + (size_t)pass->rows * (size_t)size_in(pass->layer);
}

/* x in C, H, W order: kept in the state by forward. */
static const mn_real *vector(const struct mn_pass *pass)
{
	return is_map(pass->layer) ? pass->state : pass->x;
}

/* R{x} in C, H, W order, made anew: the spare room is used for other things in between. */
static const mn_real *r_vector(const struct mn_pass *pass)
{
	if (!is_map(pass->layer) || !pass->rx)
		return pass->rx;
	turn(pass->layer, pass->rows, pass->rx, spare(pass), false);
	return spare(pass);
}

/* Where x is not zero; forward has looked. */
static struct mn_lists lists(const struct mn_pass *pass)
{
	return mn_lists_at(pass->rows, size_in(pass->layer), pass->state, pass->shared);
}

/* Whether a is the input, with lists that can be used in its place. */
static bool has_lists(const struct mn_pass *pass, const mn_real *a)
{
	if (!is_first(pass->layer) || a != pass->x)
		return false;
	struct mn_lists s = lists(pass);
	return mn_lists_is(&s);
}

/* c [rows, out] = a [rows, in] * weight' + beta * c */
static void times_weight(const struct mn_pass *pass, const mn_real *a, const mn_real *weight, mn_real beta, mn_real *c)
{
	int in = size_in(pass->layer), out = pass->layer->out.channels;
	if (has_lists(pass, a)) {
		struct mn_lists s = lists(pass);
		mn_lists_times(&s, pass->pool, pass->scratch, out, weight, beta, c);
		return;
	}
	mn_gemm(pass->pool, pass->rows, out, in, 1, (struct mn_matrix){a, in, false}, (struct mn_matrix){weight, in, true}, beta, c, out);
}

/* c [rows, in] = d [rows, out] * weight + beta * c */
static void back_through(const struct mn_pass *pass, const mn_real *d, const mn_real *weight, mn_real beta, mn_real *c)
{
	int in = size_in(pass->layer), out = pass->layer->out.channels;
	mn_gemm(pass->pool, pass->rows, in, out, 1, (struct mn_matrix){d, out, false}, (struct mn_matrix){weight, in, false}, beta, c, in);
}

/* to [out, in] = keep * to + scale * d' x */
static void add_outer(const struct mn_pass *pass, const mn_real *d, const mn_real *x, mn_real keep)
{
	int in = size_in(pass->layer), out = pass->layer->out.channels;
	mn_real *to = pass->into.to + pass->layer->offset[0];
	if (has_lists(pass, x)) {
		struct mn_lists s = lists(pass);
		mn_lists_outer(&s, pass->pool, pass->scratch, out, pass->into.scale, d, keep, to);
		return;
	}
	mn_gemm(pass->pool, out, in, pass->rows, pass->into.scale, (struct mn_matrix){d, out, true}, (struct mn_matrix){x, in, false}, keep,
	        to, in);
}

/* to [out] = keep * to + scale * column sums of d, a band of columns at a time. */
static void add_bias(const struct mn_pass *pass, const mn_real *d)
{
	enum { BAND = 512 };
	mn_real sum[BAND];
	int out = pass->layer->out.channels;
	mn_real *to = pass->into.to + pass->layer->offset[1];
	for (int first = 0; first < out; first += BAND) {
		int count = out - first < BAND ? out - first : BAND;
		mn_column_sums((size_t)pass->rows, (size_t)count, (size_t)out, d + first, sum);
		for (int j = 0; j < count; j++)
			to[first + j] = pass->into.keep_others * to[first + j] + pass->into.scale * sum[j];
	}
}

enum { BIAS_ROWS = 32 }; /* a piece */

static void bias_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct mn_pass *pass = arg;
	const struct mn_layer *layer = pass->layer;
	int first = piece * BIAS_ROWS, count = pass->rows - first < BIAS_ROWS ? pass->rows - first : BIAS_ROWS;
	size_t out = (size_t)layer->out.channels;
	mn_add_bias((size_t)count, out, pass->w + layer->offset[1], layer->relu_follows, pass->y + (size_t)first * out);
}

static void forward(const struct mn_pass *pass)
{
	const struct mn_layer *layer = pass->layer;
	if (is_map(layer))
		turn(layer, pass->rows, pass->x, pass->state, false);
	if (is_first(layer)) {
		struct mn_lists s = lists(pass);
		mn_lists_find(&s, layer->out.channels, pass->x);
	}
	times_weight(pass, vector(pass), pass->w + layer->offset[0], 0, pass->y);
	mn_pool_run(pass->pool, (pass->rows + BIAS_ROWS - 1) / BIAS_ROWS, bias_piece, (void *)pass);
}

static void backward(const struct mn_pass *pass)
{
	const struct mn_layer *layer = pass->layer;
	if (pass->dx) {
		mn_real *dx = is_map(layer) ? spare(pass) : pass->dx;
		back_through(pass, pass->dy, pass->w + layer->offset[0], 0, dx);
		if (is_map(layer))
			turn(layer, pass->rows, dx, pass->dx, true);
	}
	if (pass->into.to) {
		add_outer(pass, pass->dy, vector(pass), pass->into.keep_weights);
		add_bias(pass, pass->dy);
	}
}

/* R{y} = R{x} W' + x V' + v_b */
static void r_forward(const struct mn_pass *pass)
{
	const struct mn_layer *layer = pass->layer;
	size_t out = (size_t)layer->out.channels;
	const mn_real *vb = pass->v + layer->offset[1], *rx = r_vector(pass);
	for (int row = 0; row < pass->rows; row++)
		memcpy(pass->ry + (size_t)row * out, vb, out * sizeof *vb);
	times_weight(pass, vector(pass), pass->v + layer->offset[0], 1, pass->ry);
	if (rx)
		times_weight(pass, rx, pass->w + layer->offset[0], 1, pass->ry);
}

/* R{dW} = R{dy}' x + dy' R{x};  R{dx} = R{dy} W + dy V */
static void r_backward(const struct mn_pass *pass)
{
	const struct mn_layer *layer = pass->layer;
	if (pass->into.to) {
		const mn_real *rx = r_vector(pass);
		add_outer(pass, pass->rdy, vector(pass), pass->into.keep_weights);
		if (rx)
			add_outer(pass, pass->dy, rx, 1);
		add_bias(pass, pass->rdy);
	}
	if (!pass->rdx)
		return;
	mn_real *rdx = is_map(layer) ? spare(pass) : pass->rdx;
	back_through(pass, pass->rdy, pass->w + layer->offset[0], 0, rdx);
	back_through(pass, pass->dy, pass->v + layer->offset[0], 1, rdx);
	if (is_map(layer))
		turn(layer, pass->rows, rdx, pass->rdx, true);
}

const struct mn_layer_kind mn_layer_fc = {
        .name = "fc",
        .letters = "",
        .fuses_relu = true,
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
