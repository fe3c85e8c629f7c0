/* A line of 2 results y = sum over t of kernel[t] d[y + t], of 6 numbers d and 5 of the kernel, is a product of polynomials turned around,
 * and six values of each polynomial are enough to know it:
 *     y = A' ((G kernel) * (B' d)),   * element by element,
 * and in two dimensions y = A' ((G kernel G') * (B' d B)) A. The values are taken at 0, +-NEAR, +-FAR and infinity:
 *     A[i][j] = x_i^j,   G[i][t] = x_i^t / product over k != i of (x_i - x_k),
 *     B'[i] = the coefficients of the product over k != i of (x - x_k);
 * at infinity the last coefficient. Small fractions as points keep the rounding error at that of the plain sum, which 1 and 2, the points
 * of the textbooks, double; these two and all that B' is made of are exact. */
#include "winograd.h"

#include <string.h>

#include "clones.h"
#include "tile.h"

enum { SIDE = 5, STEP = 2, POINTS = 6, PLACES = POINTS * POINTS };

static const mn_real NEAR = (mn_real)0.625, FAR = (mn_real)1.5;

/* Of the result, STEP x STEP pixels each; the last ones may reach over the edge. */
struct tiles {
	int down, across;
};

static struct tiles tiles_of(const struct mn_correlation *c)
{
	return (struct tiles){(c->out_height + STEP - 1) / STEP, (c->out_width + STEP - 1) / STEP};
}

/* The same with a result of whole tiles. */
static struct mn_correlation rounded_up(const struct mn_correlation *c)
{
	struct mn_correlation whole = *c;
	whole.out_height = tiles_of(c).down * STEP;
	whole.out_width = tiles_of(c).across * STEP;
	return whole;
}

static size_t tile_count(const struct mn_correlation *c)
{
	return (size_t)tiles_of(c).down * (size_t)tiles_of(c).across;
}

bool mn_winograd_suits(const struct mn_correlation *c)
{
	/* Fewer channels do too little work for each number that is transformed; so does a result that is mostly edge. */
	enum { FEW = 16, SMALL = 4 };
	return c->side == SIDE && c->stride == 1 && c->spread == 1 && c->channels >= FEW && c->outputs >= FEW && c->out_height >= SMALL &&
	       c->out_width >= SMALL;
}

/* The scratch memory. What belongs to one row of places is used for the next one again, so that all but the kernel stays in the
 * second-level cache. */
struct memory {
	int *offset;       /* [tiles]; ints, which are no larger than reals */
	mn_real *padded;   /* the source, with what the windows over the edge see */
	mn_real *rows;     /* [POINTS][tiles down][line of padded]: transformed along the columns */
	mn_real *source;   /* [POINTS][tiles][channels]: one row of places */
	mn_real *product;  /* [POINTS][tiles][outputs]: the same of the result */
	mn_real *combined; /* [POINTS][STEP][tiles][outputs]: all rows of places, along the rows already pixels */
	mn_real *aside;    /* [outputs]: a pixel over the edge */
	size_t size;
};

static struct memory memory_in(const struct mn_correlation *c, mn_real *scratch)
{
	struct mn_correlation whole = rounded_up(c);
	size_t tiles = tile_count(c), channels = (size_t)c->channels, outputs = (size_t)c->outputs, at = tiles;
	struct memory m = {.offset = (int *)(void *)scratch};
	const struct {
		mn_real **part;
		size_t size;
	} parts[] = {
	        {&m.padded, mn_correlation_padded(&whole, c->channels)},
	        {&m.rows, (size_t)(POINTS * tiles_of(c).down * mn_correlation_line(&whole, c->channels))},
	        {&m.source, POINTS * tiles * channels},
	        {&m.product, POINTS * tiles * outputs},
	        {&m.combined, POINTS * STEP * tiles * outputs},
	        {&m.aside, outputs},
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; at += parts[i++].size)
		*parts[i].part = scratch ? scratch + at : NULL;
	m.size = at;
	return m;
}

size_t mn_winograd_scratch(const struct mn_correlation *c)
{
	return memory_in(c, NULL).size;
}

static size_t packed_place(const struct mn_correlation *c)
{
	return mn_tile_packed(c->vector, c->channels, c->outputs);
}

/* With room for one place before it is packed. */
size_t mn_winograd_packed(const struct mn_correlation *c)
{
	return PLACES * packed_place(c) + (size_t)(c->channels * c->outputs);
}

/* G[i][tap] */
static double kernel_factor(int i, int tap)
{
	const double point[] = {0, (double)NEAR, -(double)NEAR, (double)FAR, -(double)FAR};
	if (i == POINTS - 1)
		return tap == SIDE - 1;
	double factor = 1;
	for (int k = 0; k < POINTS - 1; k++)
		factor /= k == i ? 1 : point[i] - point[k];
	while (tap-- > 0)
		factor *= point[i];
	return factor;
}

MN_CLONES static void add_scaled(size_t n, mn_real factor, const mn_real *restrict from, mn_real *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] += factor * from[i];
}

void mn_winograd_pack(const struct mn_correlation *c, const mn_real *kernel, mn_real *packed)
{
	size_t size = (size_t)(c->channels * c->outputs);
	mn_real *place = packed + PLACES * packed_place(c);
	for (int i = 0; i < PLACES; i++, packed += packed_place(c)) {
		memset(place, 0, size * sizeof *place);
		for (int tap = 0; tap < SIDE * SIDE; tap++) {
			double factor = kernel_factor(i / POINTS, tap / SIDE) * kernel_factor(i % POINTS, tap % SIDE);
			if (!(factor == 0))
				add_scaled(size, (mn_real)factor, kernel + (size_t)tap * size, place);
		}
		mn_tile_pack(c->vector, c->channels, c->outputs, place, packed);
	}
}

/* B' of POINTS lines of n numbers. */
MN_CLONES static void transform(size_t n, const mn_real *restrict from, size_t from_step, mn_real *restrict to, size_t to_step)
{
	const mn_real near = NEAR * NEAR, far = FAR * FAR;
	for (size_t i = 0; i < n; i++) {
		const mn_real *d = from + i;
		mn_real d0 = d[0], d1 = d[from_step], d2 = d[2 * from_step], d3 = d[3 * from_step], d4 = d[4 * from_step],
		        d5 = d[5 * from_step];
		mn_real even_near = d4 - far * d2, odd_near = NEAR * (d3 - far * d1);
		mn_real even_far = d4 - near * d2, odd_far = FAR * (d3 - near * d1);
		to[i] = near * far * d0 - (near + far) * d2 + d4;
		to[i + to_step] = even_near + odd_near;
		to[i + 2 * to_step] = even_near - odd_near;
		to[i + 3 * to_step] = even_far + odd_far;
		to[i + 4 * to_step] = even_far - odd_far;
		to[i + 5 * to_step] = near * far * d1 - (near + far) * d3 + d5;
	}
}

/* A' of POINTS lines of n numbers; keep: it is added to what is there. */
MN_CLONES static void combine(size_t n, const mn_real *restrict from, size_t step, bool keep, mn_real *restrict first,
                              mn_real *restrict second)
{
	for (size_t i = 0; i < n; i++) {
		const mn_real *m = from + i;
		mn_real sum_near = m[step] + m[2 * step], sum_far = m[3 * step] + m[4 * step];
		mn_real difference_near = m[step] - m[2 * step], difference_far = m[3 * step] - m[4 * step];
		mn_real one = m[0] + sum_near + sum_far, two = NEAR * difference_near + FAR * difference_far + m[5 * step];
		first[i] = keep ? first[i] + one : one;
		second[i] = keep ? second[i] + two : two;
	}
}

/* Along the columns, for whole lines of tiles, which overlap. */
static void transform_columns(const struct mn_correlation *c, const struct memory *m)
{
	struct mn_correlation whole = rounded_up(c);
	size_t line = (size_t)mn_correlation_line(&whole, c->channels), down = (size_t)tiles_of(c).down;
	for (size_t y = 0; y < down; y++)
		transform(line, m->padded + y * STEP * line, line, m->rows + y * line, down * line);
}

/* Row i of places, along the rows. */
static void transform_rows(const struct mn_correlation *c, const struct memory *m, size_t i)
{
	struct mn_correlation whole = rounded_up(c);
	size_t line = (size_t)mn_correlation_line(&whole, c->channels), channels = (size_t)c->channels;
	size_t down = (size_t)tiles_of(c).down, across = (size_t)tiles_of(c).across;
	const mn_real *from = m->rows + i * down * line;
	mn_real *to = m->source;
	for (size_t y = 0; y < down; y++, from += line)
		for (size_t x = 0; x < across; x++, to += channels)
			transform(channels, from + x * STEP * channels, channels, to, down * across * channels);
}

static void multiply(const struct mn_correlation *c, const struct memory *m, const mn_real *packed)
{
	size_t tiles = tile_count(c);
	for (size_t j = 0; j < POINTS; j++)
		mn_tile_multiply(c->vector, &(struct mn_tile_product){
		                                    .m = (int)tiles,
		                                    .n = c->outputs,
		                                    .outer = 1,
		                                    .inner = c->channels,
		                                    .a = m->source + j * tiles * (size_t)c->channels,
		                                    .offset = m->offset,
		                                    .inner_step = 1,
		                                    .b = packed + j * packed_place(c),
		                                    .c = m->product + j * tiles * (size_t)c->outputs,
		                                    .stride = c->outputs,
		                            });
}

/* Along the columns: each tile's pixels in column x % STEP. */
static void combine_columns(const struct mn_correlation *c, const struct memory *m, bool keep, mn_real *out)
{
	size_t outputs = (size_t)c->outputs, size = tile_count(c) * outputs, line = (size_t)c->out_width * outputs;
	for (int y = 0; y < c->out_height; y += STEP)
		for (int x = 0; x < c->out_width; x++) {
			size_t tile = (size_t)(y / STEP) * (size_t)tiles_of(c).across + (size_t)(x / STEP);
			mn_real *to = out + (size_t)y * line + (size_t)x * outputs;
			combine(outputs, m->combined + (size_t)(x % STEP) * size + tile * outputs, STEP * size, keep, to,
			        y + 1 < c->out_height ? to + line : m->aside);
		}
}

void mn_winograd(const struct mn_correlation *c, const mn_real *source, const mn_real *packed, bool accumulate, mn_real *out,
                 mn_real *scratch)
{
	struct mn_correlation whole = rounded_up(c);
	struct memory m = memory_in(c, scratch);
	size_t tiles = tile_count(c), size = tiles * (size_t)c->outputs;
	memset(m.aside, 0, (size_t)c->outputs * sizeof *m.aside);
	for (size_t i = 0; i < tiles; i++)
		m.offset[i] = (int)i * c->channels;
	mn_correlation_pad(&whole, source, c->channels, m.padded);
	transform_columns(c, &m);
	for (size_t i = 0; i < POINTS; i++, packed += POINTS * packed_place(c)) {
		transform_rows(c, &m, i);
		multiply(c, &m, packed);
		combine(size, m.product, size, false, m.combined + i * STEP * size, m.combined + (i * STEP + 1) * size);
	}
	combine_columns(c, &m, accumulate, out);
}
