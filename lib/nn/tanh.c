/* y = tanh(x): a smooth activation, so that exact products can be held against finite differences. */
#include <tgmath.h>

#include "mn/network.h"

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	(void)net;
	if (word->number >= 0)
		return mn_misuse(err, "--net: '%s': tanh takes no number", word->text);
	layer->out = layer->in;
	return 0;
}

static size_t elements(const struct mn_pass *pass)
{
	return (size_t)pass->rows * mn_shape_size(pass->layer->out);
}

static void forward(const struct mn_pass *pass)
{
	for (size_t i = 0, n = elements(pass); i < n; i++)
		pass->y[i] = tanh(pass->x[i]);
}

/* dx = (1 - y^2) dy */
static void backward(const struct mn_pass *pass)
{
	if (!pass->dx)
		return;
	for (size_t i = 0, n = elements(pass); i < n; i++)
		pass->dx[i] = (1 - pass->y[i] * pass->y[i]) * pass->dy[i];
}

static void r_forward(const struct mn_pass *pass)
{
	for (size_t i = 0, n = elements(pass); i < n; i++)
		pass->ry[i] = (1 - pass->y[i] * pass->y[i]) * pass->rx[i];
}

/* R{dx} = (1 - y^2) R{dy} - 2 y R{y} dy */
static void r_backward(const struct mn_pass *pass)
{
	if (!pass->rdx)
		return;
	for (size_t i = 0, n = elements(pass); i < n; i++)
		pass->rdx[i] = (1 - pass->y[i] * pass->y[i]) * pass->rdy[i] - 2 * pass->y[i] * pass->ry[i] * pass->dy[i];
}

const struct mn_layer_kind mn_layer_tanh = {
        .name = "tanh",
        .letters = "",
        .uses_output = true,
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
