#include "correlate.h"

#include <string.h>

#include "tile.h"
#include "winograd.h"

static int padded_height(const struct mn_correlation *c)
{
	return (c->out_height - 1) * c->stride + c->side;
}

static int padded_width(const struct mn_correlation *c)
{
	return (c->out_width - 1) * c->stride + c->side;
}

size_t mn_correlation_padded(const struct mn_correlation *c, int room)
{
	return (size_t)padded_height(c) * (size_t)padded_width(c) * (size_t)room;
}

int mn_correlation_line(const struct mn_correlation *c, int room)
{
	return padded_width(c) * room;
}

static int taps(const struct mn_correlation *c)
{
	return c->side * c->side * c->channels;
}

static int pixels(const struct mn_correlation *c)
{
	return c->out_height * c->out_width;
}

/* Room for a pixel's channels in the padded map of the gradient, which is read pixel by pixel: an odd number of cache lines where it is
 * more than one, so that neighbours do not compete for the same few places in the first-level cache. */
static int spaced(const struct mn_correlation *c)
{
	enum { LINE = 64 / sizeof(mn_real) };
	int lines = (c->channels + LINE - 1) / LINE;
	return c->channels <= LINE ? c->channels : (lines | 1) * LINE;
}

size_t mn_correlation_packed(const struct mn_correlation *c)
{
	if (mn_winograd_suits(c))
		return mn_winograd_packed(c);
	return mn_tile_packed(c->vector, taps(c), c->outputs);
}

void mn_correlation_pack(const struct mn_correlation *c, const mn_real *kernel, mn_real *packed)
{
	if (mn_winograd_suits(c)) {
		mn_winograd_pack(c, kernel, packed);
		return;
	}
	mn_tile_pack(c->vector, taps(c), c->outputs, kernel, packed);
}

/* The scratch memory: offsets (ints, which are no larger than reals), the padded map, and for the gradient d, packed. */
size_t mn_correlation_scratch(const struct mn_correlation *c)
{
	size_t offsets = (size_t)(taps(c) > pixels(c) ? taps(c) : pixels(c));
	size_t plain = offsets + mn_correlation_padded(c, spaced(c)) + mn_tile_packed(c->vector, pixels(c), c->outputs);
	size_t fast = mn_winograd_suits(c) ? mn_winograd_scratch(c) : 0;
	return plain > fast ? plain : fast;
}

/* One line of the padded map, from a line of the source. */
static void pad_line(const struct mn_correlation *c, const mn_real *source, int room, mn_real *line)
{
	int width = padded_width(c), left = c->pad_left < width ? c->pad_left : width,
	    count = width - left < c->width ? width - left : c->width;
	size_t channels = (size_t)c->channels, pixel = (size_t)room;
	if (c->spread == 1 && channels == pixel) {
		memset(line, 0, (size_t)left * pixel * sizeof *line);
		memcpy(line + (size_t)left * pixel, source, (size_t)count * pixel * sizeof *line);
		memset(line + (size_t)(left + count) * pixel, 0, (size_t)(width - left - count) * pixel * sizeof *line);
		return;
	}
	memset(line, 0, (size_t)width * pixel * sizeof *line);
	for (int j = 0; j < c->width && left + j * c->spread < width; j++)
		memcpy(line + (size_t)(left + j * c->spread) * pixel, source + (size_t)j * channels, channels * sizeof *line);
}

void mn_correlation_pad(const struct mn_correlation *c, const mn_real *source, int room, mn_real *padded)
{
	size_t line = (size_t)padded_width(c) * (size_t)room, from = (size_t)(c->width * c->channels);
	for (int y = 0; y < padded_height(c); y++, padded += line) {
		int i = y - c->pad_top;
		if (i < 0 || i % c->spread || i / c->spread >= c->height)
			memset(padded, 0, line * sizeof *padded);
		else
			pad_line(c, source + (size_t)(i / c->spread) * from, room, padded);
	}
}

/* a is the window over each pixel: one run of side * channels neighbours in each of its lines. */
void mn_correlate(const struct mn_correlation *c, const mn_real *source, const mn_real *packed, bool accumulate, mn_real *out,
                  mn_real *scratch)
{
	if (mn_winograd_suits(c)) {
		mn_winograd(c, source, packed, accumulate, out, scratch);
		return;
	}
	int *offset = (int *)(void *)scratch, *next = offset;
	mn_real *padded = scratch + pixels(c);
	int line = mn_correlation_line(c, c->channels);
	mn_correlation_pad(c, source, c->channels, padded);
	for (int y = 0; y < c->out_height; y++)
		for (int x = 0; x < c->out_width; x++)
			*next++ = (y * line + x * c->channels) * c->stride;
	mn_tile_multiply(c->vector, &(struct mn_tile_product){
	                                    .m = pixels(c),
	                                    .n = c->outputs,
	                                    .outer = c->side,
	                                    .inner = c->side * c->channels,
	                                    .a = padded,
	                                    .offset = offset,
	                                    .outer_step = line,
	                                    .inner_step = 1,
	                                    .b = packed,
	                                    .c = out,
	                                    .stride = c->outputs,
	                                    .accumulate = accumulate,
	                            });
}

/* a is what each tap sees, pixel by pixel. */
void mn_correlate_kernel(const struct mn_correlation *c, const mn_real *source, const mn_real *d, mn_real *dkernel, mn_real *scratch)
{
	int *offset = (int *)(void *)scratch, *next = offset;
	int room = spaced(c), line = mn_correlation_line(c, room);
	mn_real *padded = scratch + taps(c), *packed = padded + mn_correlation_padded(c, room);
	mn_correlation_pad(c, source, room, padded);
	mn_tile_pack(c->vector, pixels(c), c->outputs, d, packed);
	for (int y = 0; y < c->side; y++)
		for (int x = 0; x < c->side; x++)
			for (int channel = 0; channel < c->channels; channel++)
				*next++ = y * line + x * room + channel;
	mn_tile_multiply(c->vector, &(struct mn_tile_product){
	                                    .m = taps(c),
	                                    .n = c->outputs,
	                                    .outer = c->out_height,
	                                    .inner = c->out_width,
	                                    .a = padded,
	                                    .offset = offset,
	                                    .outer_step = (ptrdiff_t)line * c->stride,
	                                    .inner_step = (ptrdiff_t)room * c->stride,
	                                    .b = packed,
	                                    .c = dkernel,
	                                    .stride = c->outputs,
	                                    .accumulate = true,
	                            });
}
