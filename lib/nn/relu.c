/* Rectified linear units, y = max(0, x), in place where the layer before allows. The derivative at 0 is taken as 0. */
#include <string.h>

#include "mn/network.h"

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	(void)net;
	if (word->number >= 0)
		return mn_misuse(err, "--net: '%s': relu takes no number", word->text);
	layer->out = layer->in;
	return 0;
}

static size_t elements(const struct mn_pass *pass)
{
	return (size_t)pass->rows * mn_shape_size(pass->layer->out);
}

/* to = from where y > 0, else 0. By blocks into a buffer of its own, so that the compiler can do without branches: signs are random, and a
 * mispredicted branch costs as much as a row of a small product. */
static void mask(size_t n, const mn_real *y, const mn_real *from, mn_real *to)
{
	enum { BLOCK = 16 };
	size_t i = 0;
	for (; i + BLOCK <= n; i += BLOCK) {
		mn_real kept[BLOCK];
		for (size_t k = 0; k < BLOCK; k++) {
			mn_real value = from[i + k];
			kept[k] = y[i + k] > 0 ? value : 0;
		}
		memcpy(to + i, kept, sizeof kept);
	}
	for (; i < n; i++)
		to[i] = y[i] > 0 ? from[i] : 0;
}

static void forward(const struct mn_pass *pass)
{
	if (pass->layer->done_before)
		return;
	for (size_t i = 0, n = elements(pass); i < n; i++)
		pass->y[i] = pass->x[i] > 0 ? pass->x[i] : 0;
}

static void backward(const struct mn_pass *pass)
{
	if (pass->dx)
		mask(elements(pass), pass->y, pass->dy, pass->dx);
}

static void r_forward(const struct mn_pass *pass)
{
	mask(elements(pass), pass->y, pass->rx, pass->ry);
}

static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		mask(elements(pass), pass->y, pass->rdy, pass->rdx);
}

const struct mn_layer_kind mn_layer_relu = {
        .name = "relu",
        .letters = "",
        .in_place = true,
        .uses_output = true,
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
