/* Gaussian noise of mean 0, added in training and drawn anew each step; in evaluation the layer is the identity. noise30 in --net has
 * standard deviation 0.30; --gaussian-noise inserts the layer after the input transform with its own. The noise depends on the seed, the
 * epoch, the example, the layer and the element alone. */
#include <string.h>

#include "mn/network.h"

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	(void)net;
	if (word->number < 0)
		return mn_misuse(err, "--net: '%s': noise takes a standard deviation in hundredths, as in noise30", word->text);
	layer->rate = word->number / 100.0;
	layer->purpose = MN_PURPOSE_GAUSSIAN_NOISE;
	layer->out = layer->in;
	return 0;
}

static void copy(const struct mn_pass *pass, const mn_real *from, mn_real *to)
{
	if (from != to)
		memcpy(to, from, (size_t)pass->rows * mn_shape_size(pass->layer->in) * sizeof *to);
}

static void forward_row(void *arg, int row, int worker)
{
	enum { BLOCK = 64 }; /* a multiple of the four normals that a counter gives */
	(void)worker;
	const struct mn_pass *pass = arg;
	const struct mn_layer *layer = pass->layer;
	size_t size = mn_shape_size(layer->in);
	const mn_real *x = pass->x + (size_t)row * size;
	mn_real *y = pass->y + (size_t)row * size;
	struct mn_key key = {pass->draw->seed, layer->purpose};
	struct mn_counter at = {
	        .epoch = pass->draw->epoch, .example = (uint64_t)pass->draw->example[row], .layer = (uint64_t)layer->number};
	double normal[BLOCK];
	for (size_t i = 0; i < size; i += BLOCK, at.element += BLOCK / 4) {
		size_t count = size - i < BLOCK ? size - i : BLOCK;
		mn_random_normals(key, at, normal, count);
		for (size_t j = 0; j < count; j++)
			y[i + j] = x[i + j] + (mn_real)(layer->rate * normal[j]);
	}
}

static void forward(const struct mn_pass *pass)
{
	if (!pass->draw || pass->layer->rate <= 0)
		copy(pass, pass->x, pass->y);
	else
		mn_pool_run(pass->pool, pass->rows, forward_row, (void *)pass);
}

static void backward(const struct mn_pass *pass)
{
	if (pass->dx)
		copy(pass, pass->dy, pass->dx);
}

static void r_forward(const struct mn_pass *pass)
{
	copy(pass, pass->rx, pass->ry);
}

static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		copy(pass, pass->rdy, pass->rdx);
}

const struct mn_layer_kind mn_layer_noise = {
        .name = "noise",
        .letters = "",
        .in_place = true,
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
