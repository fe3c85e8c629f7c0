/* Dropout (Srivastava et al. 2014), inverted: in training each element is 0 with probability p and else x / (1 - p), so that its mean
 * stays; in evaluation the layer is the identity. dropout50 in --net is p = 0.50; --dropout and --input-dropout insert the layer with
 * theirs. The mask depends on the seed, the epoch, the example, the layer and the element alone. */
#include <string.h>

#include "mn/network.h"

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	(void)net;
	if (word->number < 0 || word->number > 99)
		return mn_misuse(err, "--net: '%s': dropout takes a percentage from 0 to 99, as in dropout50", word->text);
	layer->rate = word->number / 100.0;
	layer->purpose = MN_PURPOSE_DROPOUT;
	layer->out = layer->in;
	layer->state = mn_shape_size(layer->in); /* the factor of each element, 0 or 1 / (1 - p) */
	return 0;
}

static bool is_identity(const struct mn_pass *pass)
{
	return !pass->draw || pass->layer->rate <= 0;
}

static void copy(const struct mn_pass *pass, const mn_real *from, mn_real *to)
{
	if (from != to)
		memcpy(to, from, (size_t)pass->rows * mn_shape_size(pass->layer->in) * sizeof *to);
}

/* A block of four random words serves eight elements, 32 bits each. */
static void draw_row(const struct mn_pass *pass, int row, mn_real *factor)
{
	enum { SERVED = 8 };
	const struct mn_layer *layer = pass->layer;
	size_t size = mn_shape_size(layer->in);
	struct mn_key key = {pass->draw->seed, layer->purpose};
	struct mn_counter at = {
	        .epoch = pass->draw->epoch, .example = (uint64_t)pass->draw->example[row], .layer = (uint64_t)layer->number};
	uint64_t below = (uint64_t)(layer->rate * 0x1p32), block[4];
	mn_real kept = (mn_real)(1 / (1 - layer->rate));
	for (size_t i = 0; i < size; i += SERVED, at.element++) {
		mn_random_block(key, at, block);
		for (size_t j = 0; j < SERVED && i + j < size; j++)
			factor[i + j] = (block[j / 2] >> 32 * (j % 2) & 0xffffffff) < below ? 0 : kept;
	}
}

static void forward_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct mn_pass *pass = arg;
	size_t size = mn_shape_size(pass->layer->in), at = (size_t)row * size;
	draw_row(pass, row, pass->state + at);
	for (size_t i = at; i < at + size; i++)
		pass->y[i] = pass->x[i] * pass->state[i];
}

static void forward(const struct mn_pass *pass)
{
	if (is_identity(pass))
		copy(pass, pass->x, pass->y);
	else
		mn_pool_run(pass->pool, pass->rows, forward_row, (void *)pass);
}

static void backward(const struct mn_pass *pass)
{
	if (!pass->dx)
		return;
	if (is_identity(pass)) {
		copy(pass, pass->dy, pass->dx);
		return;
	}
	for (size_t i = 0, n = (size_t)pass->rows * mn_shape_size(pass->layer->in); i < n; i++)
		pass->dx[i] = pass->dy[i] * pass->state[i];
}

/* Directional derivatives are those of evaluation. */
static void r_forward(const struct mn_pass *pass)
{
	copy(pass, pass->rx, pass->ry);
}

static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		copy(pass, pass->rdy, pass->rdx);
}

const struct mn_layer_kind mn_layer_dropout = {
        .name = "dropout",
        .letters = "",
        .in_place = true,
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
