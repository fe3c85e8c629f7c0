/* Passes over a batch: forward, backward, and the directional derivatives of both. */

#include "mn/network.h"

static struct mn_pass pass_of(const struct mn_workspace *ws, int i, const mn_real *w, mn_real *buffers, int rows,
                              const struct mn_draw *draw)
{
	return (struct mn_pass){
	        .layer = &ws->net->layer[i],
	        .pool = ws->pool,
	        .scratch = ws->scratch,
	        .rows = rows,
	        .draw = draw,
	        .w = w,
	        .buffers = buffers,
	        .x = ws->y[i],
	        .y = ws->y[i + 1],
	        .state = ws->state[i],
	        .shared = ws->shared[i],
	};
}

void mn_network_forward(const struct mn_workspace *ws, const mn_real *w, mn_real *buffers, int rows, const struct mn_draw *draw)
{
	for (int i = 0; i < ws->net->layers; i++) {
		struct mn_pass pass = pass_of(ws, i, w, buffers, rows, draw);
		pass.layer->kind->forward(&pass);
	}
}

/* The first layer that has parameters: nothing before it needs a derivative. */
static int first_trained(const struct mn_network *net)
{
	int i = 0;
	while (i < net->layers && net->layer[i].tensors == 0)
		i++;
	return i;
}

void mn_network_backward(const struct mn_workspace *ws, const mn_real *w, mn_real *buffers, int rows, const struct mn_draw *draw,
                         struct mn_into into)
{
	int first = first_trained(ws->net);
	for (int i = ws->net->layers - 1; i >= first; i--) {
		struct mn_pass pass = pass_of(ws, i, w, buffers, rows, draw);
		pass.dy = ws->d[i + 1];
		pass.dx = i > first ? ws->d[i] : NULL;
		pass.into = into;
		pass.layer->kind->backward(&pass);
	}
}

/* Adds what the derivative along v needs: R{x} is zero before the first trained layer. */
static struct mn_pass r_pass_of(const struct mn_workspace *ws, const struct mn_workspace *r, int i, const mn_real *w, const mn_real *v,
                                mn_real *buffers, int rows)
{
	struct mn_pass pass = pass_of(ws, i, w, buffers, rows, NULL);
	int first = first_trained(ws->net);
	pass.v = v;
	pass.rx = i > first ? r->y[i] : NULL;
	pass.ry = r->y[i + 1];
	pass.dy = ws->d[i + 1];
	pass.dx = i > first ? ws->d[i] : NULL;
	pass.rdy = r->d[i + 1];
	pass.rdx = i > first ? r->d[i] : NULL;
	return pass;
}

void mn_network_r_forward(const struct mn_workspace *ws, const struct mn_workspace *r, const mn_real *w, const mn_real *v, mn_real *buffers,
                          int rows)
{
	for (int i = first_trained(ws->net); i < ws->net->layers; i++) {
		struct mn_pass pass = r_pass_of(ws, r, i, w, v, buffers, rows);
		pass.layer->kind->r_forward(&pass);
	}
}

void mn_network_r_backward(const struct mn_workspace *ws, const struct mn_workspace *r, const mn_real *w, const mn_real *v,
                           mn_real *buffers, int rows, struct mn_into into)
{
	for (int i = ws->net->layers - 1; i >= first_trained(ws->net); i--) {
		struct mn_pass pass = r_pass_of(ws, r, i, w, v, buffers, rows);
		pass.into = into;
		pass.layer->kind->r_backward(&pass);
	}
}
