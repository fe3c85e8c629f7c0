/* Rectified linear units, y = max(0, x), in place where the layer before allows. The derivative at 0 is taken as 0. */
#include "clones.h"
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

/* to = from where y > 0, else 0: loaded before it is chosen, so that the compiler can do without branches. */
MN_CLONES static void mask(size_t n, const mn_real *y, const mn_real *from, mn_real *to)
{
	for (size_t i = 0; i < n; i++) {
		mn_real value = from[i];
		to[i] = y[i] > 0 ? value : 0;
	}
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
