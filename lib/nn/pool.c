/* Max-pooling: pool3s2 takes the largest of each 3 x 3 window, every 2 pixels. What lies over the edge counts as minus infinity. Of equal
 * elements the first in reading order wins, and keeps winning: the directional derivatives follow the same element. */
#include <string.h>

#include "clones.h"
#include "window.h"

enum { BAND = 64 }; /* channels at a time */

static int build(struct mn_network *net, struct mn_layer *layer, const struct mn_word *word, struct mn_error *err)
{
	enum { SIDE_MAX = 16 }; /* a place in the window is kept in a byte */
	(void)net;
	if (word->number < 1 || word->number > SIDE_MAX)
		return mn_misuse(err, "--net: '%s': pool takes the window's side, from 1 to %d, as in pool3s2", word->text, SIDE_MAX);
	if (2 * word->letter['p' - 'a'] > word->number)
		return mn_misuse(err, "--net: '%s': the padding must be at most half the window", word->text);
	if (mn_window_build(layer, word, word->number, word->number, err))
		return -1;
	layer->state = (mn_shape_size(layer->out) + sizeof(mn_real) - 1) / sizeof(mn_real);
	return 0;
}

/* A window's part inside the map: rows and columns, and the number of each within the window. */
struct window {
	int top, bottom, left, right; /* in the map; bottom and right are the first ones outside */
	int first_row, first_column;  /* of the window, inside the map */
};

static struct window window_at(const struct mn_layer *layer, int y, int x)
{
	int top = y * layer->stride - layer->pad_top, left = x * layer->stride - layer->pad_left;
	int bottom = top + layer->kernel, right = left + layer->kernel;
	return (struct window){
	        .top = top < 0 ? 0 : top,
	        .bottom = bottom > layer->in.height ? layer->in.height : bottom,
	        .left = left < 0 ? 0 : left,
	        .right = right > layer->in.width ? layer->in.width : right,
	        .first_row = top < 0 ? -top : 0,
	        .first_column = left < 0 ? -left : 0,
	};
}

/* Which element of its window won, for each output of a row of the batch. */
static unsigned char *winners(const struct mn_pass *pass, int row)
{
	return (unsigned char *)(pass->state + (size_t)row * pass->layer->state);
}

static const mn_real *pixel(const struct mn_layer *layer, const mn_real *map, int y, int x)
{
	return map + ((size_t)y * (size_t)layer->in.width + (size_t)x) * (size_t)layer->in.channels;
}

/* The largest of one window in a band of channels. */
MN_CLONES static void take_largest(const struct mn_layer *layer, const mn_real *map, const struct window *w, int count, mn_real *y,
                                   unsigned char *winner)
{
	mn_real best[BAND];
	int place[BAND]; /* chosen by masks: two choices by one comparison would become a branch */
	const mn_real *x = pixel(layer, map, w->top, w->left);
	for (int c = 0; c < count; c++) {
		best[c] = x[c];
		place[c] = (w->first_row * layer->kernel + w->first_column);
	}
	for (int i = w->top; i < w->bottom; i++)
		for (int j = w->left; j < w->right; j++) {
			int here = ((w->first_row + i - w->top) * layer->kernel + w->first_column + j - w->left);
			x = pixel(layer, map, i, j);
			for (int c = 0; c < count; c++) {
				mn_real value = x[c], was = best[c];
				int mask = -(value > was);
				place[c] = (here & mask) | (place[c] & ~mask);
				best[c] = value > was ? value : was;
			}
		}
	for (int c = 0; c < count; c++) {
		y[c] = best[c];
		winner[c] = (unsigned char)place[c];
	}
}

static void forward_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct mn_pass *pass = arg;
	const struct mn_layer *layer = pass->layer;
	const mn_real *x = pass->x + (size_t)row * mn_shape_size(layer->in);
	mn_real *y = pass->y + (size_t)row * mn_shape_size(layer->out);
	unsigned char *winner = winners(pass, row);
	int channels = layer->out.channels;
	for (int i = 0; i < layer->out.height; i++)
		for (int j = 0; j < layer->out.width; j++, y += channels, winner += channels) {
			struct window w = window_at(layer, i, j);
			for (int c = 0; c < channels; c += BAND)
				take_largest(layer, x + c, &w, channels - c < BAND ? channels - c : BAND, y + c, winner + c);
		}
}

static void forward(const struct mn_pass *pass)
{
	mn_pool_run(pass->pool, pass->rows, forward_row, (void *)pass);
}

/* A map of outputs handed back to the winners: dx = the sum over the windows that x won. */
struct handing_back {
	const struct mn_pass *pass;
	const mn_real *dy;
	mn_real *dx;
};

/* One window's outputs in a band of channels. */
MN_CLONES static void hand_back_window(const struct mn_layer *layer, mn_real *map, const struct window *w, int count, const mn_real *dy,
                                       const unsigned char *winner)
{
	int place[BAND];
	mn_real d[BAND];
	for (int c = 0; c < count; c++) {
		place[c] = winner[c];
		d[c] = dy[c];
	}
	for (int i = w->top; i < w->bottom; i++)
		for (int j = w->left; j < w->right; j++) {
			int here = (w->first_row + i - w->top) * layer->kernel + w->first_column + j - w->left;
			mn_real *to = map + ((size_t)i * (size_t)layer->in.width + (size_t)j) * (size_t)layer->in.channels;
			for (int c = 0; c < count; c++) {
				mn_real value = d[c];
				to[c] += place[c] == here ? value : 0;
			}
		}
}

static void hand_back_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct handing_back *h = arg;
	const struct mn_layer *layer = h->pass->layer;
	size_t in = mn_shape_size(layer->in);
	mn_real *dx = h->dx + (size_t)row * in;
	const mn_real *dy = h->dy + (size_t)row * mn_shape_size(layer->out);
	const unsigned char *winner = winners(h->pass, row);
	int channels = layer->out.channels;
	memset(dx, 0, in * sizeof *dx);
	for (int i = 0; i < layer->out.height; i++)
		for (int j = 0; j < layer->out.width; j++, dy += channels, winner += channels) {
			struct window w = window_at(layer, i, j);
			for (int c = 0; c < channels; c += BAND)
				hand_back_window(layer, dx + c, &w, channels - c < BAND ? channels - c : BAND, dy + c, winner + c);
		}
}

static void hand_back(const struct mn_pass *pass, const mn_real *dy, mn_real *dx)
{
	struct handing_back h = {pass, dy, dx};
	mn_pool_run(pass->pool, pass->rows, hand_back_row, &h);
}

static void backward(const struct mn_pass *pass)
{
	if (pass->dx)
		hand_back(pass, pass->dy, pass->dx);
}

/* R{y} = R{x} of the winner. */
static void r_forward_row(void *arg, int row, int worker)
{
	(void)worker;
	const struct mn_pass *pass = arg;
	const struct mn_layer *layer = pass->layer;
	const mn_real *rx = pass->rx + (size_t)row * mn_shape_size(layer->in);
	mn_real *ry = pass->ry + (size_t)row * mn_shape_size(layer->out);
	const unsigned char *winner = winners(pass, row);
	int channels = layer->out.channels, kernel = layer->kernel;
	for (int i = 0; i < layer->out.height; i++)
		for (int j = 0; j < layer->out.width; j++, ry += channels, winner += channels)
			for (int c = 0; c < channels; c++) {
				int y = i * layer->stride - layer->pad_top + winner[c] / kernel;
				int x = j * layer->stride - layer->pad_left + winner[c] % kernel;
				ry[c] = pixel(layer, rx, y, x)[c];
			}
}

static void r_forward(const struct mn_pass *pass)
{
	mn_pool_run(pass->pool, pass->rows, r_forward_row, (void *)pass);
}

static void r_backward(const struct mn_pass *pass)
{
	if (pass->rdx)
		hand_back(pass, pass->rdy, pass->rdx);
}

const struct mn_layer_kind mn_layer_pool = {
        .name = "pool",
        .letters = "sp",
        .build = build,
        .forward = forward,
        .backward = backward,
        .r_forward = r_forward,
        .r_backward = r_backward,
};
