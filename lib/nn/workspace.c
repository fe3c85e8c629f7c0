/* The plan of a batch's memory: taken once, cut into buffers that start on cache lines. */
#include <stdint.h>
#include <stdlib.h>

#include "mn/network.h"

enum { ALIGNMENT = 64 };

static size_t padded(size_t elements)
{
	size_t bytes = elements * sizeof(mn_real);
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Walks over the plan. base NULL: only counts; otherwise sets the pointers. Returns the bytes. */
static size_t lay_out(struct mn_workspace *ws, char *base, enum mn_workspace_kind kind, int threads)
{
	const struct mn_network *net = ws->net;
	size_t rows = (size_t)ws->rows, at = 0, scratch = 0;
	for (int i = 0; i <= net->layers; i++) {
		const struct mn_layer *layer = i ? &net->layer[i - 1] : NULL;
		struct mn_shape shape = layer ? layer->out : net->input;
		size_t bytes = padded(rows * mn_shape_size(shape));
		bool in_place = layer && layer->in_place;
		if (base)
			ws->y[i] = in_place ? ws->y[i - 1] : (mn_real *)(void *)(base + at);
		at += in_place ? 0 : bytes;
		if (kind == MN_WORKSPACE_BACKWARD && i > 0) {
			bool shared = in_place && i > 1;
			if (base)
				ws->d[i] = shared ? ws->d[i - 1] : (mn_real *)(void *)(base + at);
			at += shared ? 0 : bytes;
		}
		if (!layer)
			continue;
		if (base) {
			ws->state[i - 1] = (mn_real *)(void *)(base + at);
			ws->shared[i - 1] = (mn_real *)(void *)(base + at + padded(rows * layer->state));
		}
		at += padded(rows * layer->state) + padded(layer->shared);
		scratch = layer->scratch > scratch ? layer->scratch : scratch;
	}
	for (int i = 0; i < threads; i++, at += padded(scratch))
		if (base)
			ws->scratch[i] = (mn_real *)(void *)(base + at);
	return at;
}

size_t mn_workspace_bytes(const struct mn_network *net, int threads, int rows, enum mn_workspace_kind kind)
{
	struct mn_workspace ws = {.net = net, .rows = rows};
	return lay_out(&ws, NULL, kind, threads);
}

int mn_workspace_new(struct mn_workspace *ws, const struct mn_network *net, struct mn_pool *pool, int rows, enum mn_workspace_kind kind,
                     struct mn_error *err)
{
	*ws = (struct mn_workspace){.net = net, .pool = pool, .rows = rows};
	int threads = mn_pool_threads(pool);
	size_t lists = 4 * ((size_t)net->layers + 1) + (size_t)threads;
	size_t bytes = lay_out(ws, NULL, kind, threads);
	mn_real **list = calloc(lists, sizeof *list);
	char *block = aligned_alloc(ALIGNMENT, bytes ? bytes : ALIGNMENT);
	if (!list || !block) {
		free(list);
		free(block);
		return mn_fail_memory(err, "workspace", bytes);
	}
	ws->block = block;
	ws->y = list;
	ws->d = list + net->layers + 1;
	ws->state = ws->d + net->layers + 1;
	ws->shared = ws->state + net->layers + 1;
	ws->scratch = ws->shared + net->layers + 1;
	lay_out(ws, block, kind, threads);
	return 0;
}

void mn_workspace_free(struct mn_workspace *ws)
{
	free(ws->block);
	free(ws->y);
	*ws = (struct mn_workspace){0};
}

mn_real *mn_workspace_logits(const struct mn_workspace *ws)
{
	return ws->y[ws->net->layers];
}

mn_real *mn_workspace_dlogits(const struct mn_workspace *ws)
{
	return ws->d[ws->net->layers];
}
