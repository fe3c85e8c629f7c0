#include "sparse.h"

#include "tile.h"

static size_t pixels(const struct mn_correlation *c)
{
	return (size_t)c->out_height * (size_t)c->out_width;
}

bool mn_sparse_worthwhile(int rows, size_t size, const mn_real *d)
{
	enum { EVERY = 8 };
	size_t nonzero = 0, seen = 0;
	for (int row = 0; row < rows; row += EVERY, seen += size)
		for (const mn_real *at = d + (size_t)row * size, *end = at + size; at < end; at++)
			nonzero += !(*at == 0);
	/* A product costs about as much in either form; making the lists, and loading and storing for short ones, comes on top. */
	return 3 * nonzero < seen;
}

bool mn_sparse_runs(const struct mn_correlation *c)
{
	enum { SHORT = 32 };
	return c->side * c->channels >= SHORT;
}

/* The scratch memory: offsets (ints, which are no larger than reals) and values of all lists, their lengths, and the padded map. */
size_t mn_sparse_scratch(const struct mn_correlation *c)
{
	size_t outputs = (size_t)c->outputs, lengths = pixels(c) > outputs ? pixels(c) : outputs;
	return 2 * pixels(c) * outputs + lengths + mn_correlation_padded(c, c->channels);
}

/* Lists with the same room each, one behind the other. */
struct lists {
	size_t room;
	int *count, *offset;
	mn_real *value, *rest;
};

static struct lists lists_in(size_t count, size_t room, mn_real *scratch)
{
	struct lists lists = {.room = room, .count = (int *)(void *)scratch, .offset = (int *)(void *)(scratch + count)};
	lists.value = scratch + count + count * room;
	lists.rest = lists.value + count * room;
	for (size_t i = 0; i < count; i++)
		lists.count[i] = 0;
	return lists;
}

/* Written always and counted where it is not zero: a branch would be mispredicted too often. */
static inline void append(struct lists *lists, size_t which, int offset, mn_real value)
{
	size_t at = which * lists->room + (size_t)lists->count[which];
	lists->offset[at] = offset;
	lists->value[at] = value;
	lists->count[which] += !(value == 0);
}

static struct mn_tile_list list_at(const struct lists *lists, size_t which)
{
	return (struct mn_tile_list){lists->count[which], lists->offset + which * lists->room, lists->value + which * lists->room};
}

/* A list for each pixel of d: its outputs, as places in one tap's part of the kernel. Tap by tap, so that this part stays in the cache. */
void mn_sparse_back(const struct mn_correlation *c, const mn_real *d, const mn_real *kernel, mn_real *dsource, mn_real *scratch)
{
	size_t outputs = (size_t)c->outputs, channels = (size_t)c->channels;
	struct lists lists = lists_in(pixels(c), outputs, scratch);
	for (size_t p = 0; p < pixels(c); p++)
		for (int o = 0; o < c->outputs; o++)
			append(&lists, p, o * c->channels, *d++);
	for (int tap = 0; tap < c->side * c->side; tap++, kernel += outputs * channels)
		for (int i = 0; i < c->out_height; i++)
			for (int j = 0; j < c->out_width; j++) {
				int y = i * c->stride + tap / c->side - c->pad_top, x = j * c->stride + tap % c->side - c->pad_left;
				if (y < 0 || y >= c->height || x < 0 || x >= c->width)
					continue;
				struct mn_tile_list list = list_at(&lists, (size_t)i * (size_t)c->out_width + (size_t)j);
				mn_real *to = dsource + ((size_t)y * (size_t)c->width + (size_t)x) * channels;
				mn_tile_gather(c->vector, &list, kernel, c->channels, to);
			}
}

/* A list for each output: its pixels, as places of their windows in the padded source. */
void mn_sparse_kernel(const struct mn_correlation *c, const mn_real *source, const mn_real *d, mn_real *dkernel, mn_real *scratch)
{
	size_t outputs = (size_t)c->outputs, run = (size_t)(c->side * c->channels), taps = (size_t)c->side * run;
	struct lists lists = lists_in(outputs, pixels(c), scratch);
	int line = mn_correlation_line(c, c->channels);
	mn_correlation_pad(c, source, c->channels, lists.rest);
	for (int y = 0; y < c->out_height; y++)
		for (int x = 0; x < c->out_width; x++)
			for (size_t o = 0; o < outputs; o++)
				append(&lists, o, (y * line + x * c->channels) * c->stride, *d++);
	for (int i = 0; i < c->side; i++)
		for (size_t o = 0; o < outputs; o++) {
			struct mn_tile_list list = list_at(&lists, o);
			mn_tile_gather(c->vector, &list, lists.rest + (size_t)i * (size_t)line, (int)run,
			               dkernel + o * taps + (size_t)i * run);
		}
}
