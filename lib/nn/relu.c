/* Rectified linear units, y = max(0, x), in place where the layer before allows. The derivative at 0 is taken as 0. */
#include <string.h>

#include "mn/kernels.h"
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

/* Pieces of one long vector: to = from (where that is another one), then in place. */
struct task {
	size_t n;
	const mn_real *y; /* NULL: forward */
	const mn_real *from;
	mn_real *to;
};

enum { PIECE = 1 << 15 };

static void do_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct task *t = arg;
	size_t first = (size_t)piece * PIECE, count = t->n - first < PIECE ? t->n - first : PIECE;
	if (t->from != t->to)
		memcpy(t->to + first, t->from + first, count * sizeof *t->to);
	if (t->y)
		mn_relu_mask(count, t->y + first, t->to + first);
	else
		mn_relu(count, t->to + first);
}

static void do_all(const struct mn_pass *pass, struct task task)
{
	task.n = elements(pass);
	mn_pool_run(pass->pool, (int)((task.n + PIECE - 1) / PIECE), do_piece, &task);
}

static void forward(const struct mn_pass *pass)
{
	if (!pass->layer->done_before)
		do_all(pass, (struct task){.from = pass->x, .to = pass->y});
}

static void backward(const struct mn_pass *pass)
{
	if (pass->dx)
		do_all(pass, (struct task){.y = pass->y, .from = pass->dy, .to = pass->dx});
}

static void r_forward(const struct mn_pass *pass)
{
	do_all(pass, (struct task){.y = pass->y, .from = pass->rx, .to = pass->ry});
}

static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		do_all(pass, (struct task){.y = pass->y, .from = pass->rdy, .to = pass->rdx});
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
