/* Lists of what is not zero, in chunks of CHUNK rows or columns; and products by blocks of BLOCK outputs: CHUNK x BLOCK numbers of the
 * dense operand are packed together, which fit into the first-level cache, and every list's entries pick rows of them. */
#include "mn/lists.h"

#include <stdint.h>
#include <string.h>

#include "mn/kernels.h"

enum { BLOCK = 64, CHUNK = 128, ROWS_MAX = 1024, TILE = 16 };

/* The longest lists that there is memory for, as a part of all elements: beyond it they gain nothing, see worth_it. */
enum { PART = 11, WHOLE = 20 };

#define NAME  rows_16
#define BYTES 16
#define TARGET
#include "lists_rows.h"
#if defined(__x86_64__)
#define NAME   rows_32
#define BYTES  32
#define TARGET __attribute__((target("avx2,fma")))
#include "lists_rows.h"
#define NAME   rows_64
#define BYTES  64
#define TARGET __attribute__((target("avx512f")))
#include "lists_rows.h"
#endif

/* For exchanging rows and columns. */
typedef mn_real quad __attribute__((vector_size(4 * sizeof(mn_real)), aligned(sizeof(mn_real)), may_alias));

#ifdef MN_DOUBLE
typedef uint64_t bits_of_real;
#else
typedef uint32_t bits_of_real;
#endif

typedef void rows_fn(int rows, const int *start, const struct mn_lists_entry *entry, const mn_real *pack, mn_real beta, mn_real *c,
                     size_t stride);

static rows_fn *choose(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		return rows_64;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return rows_32;
#endif
	return rows_16;
}

static int chunks(int n)
{
	return (n + CHUNK - 1) / CHUNK;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* The most entries that the lists of so many rows may have. */
static int most(int rows, int columns)
{
	return rows * (columns * PART / WHOLE);
}

/* An entry takes two reals; an int takes one at most. */
size_t mn_lists_state(int columns)
{
	return 2 * 2 * (size_t)most(1, columns);
}

size_t mn_lists_shared(int columns)
{
	return 1 + (size_t)chunks(columns) * (ROWS_MAX + 1) + (size_t)columns + 1;
}

size_t mn_lists_scratch(void)
{
	return (ROWS_MAX + TILE) * BLOCK;
}

struct mn_lists mn_lists_at(int rows, int columns, mn_real *state, mn_real *shared)
{
	struct mn_lists s = {.rows = rows, .columns = columns, .entries = (int *)(void *)shared};
	s.row_start = s.entries + 1;
	s.column_start = s.row_start + chunks(columns) * (ROWS_MAX + 1);
	s.by_row = (struct mn_lists_entry *)(void *)state;
	s.by_column = s.by_row + most(rows, columns);
	return s;
}

/* Four at a time: zeros come in runs. Otherwise without a branch: where they end cannot be foreseen. */
static size_t list_part(const mn_real *x, int count, struct mn_lists_entry *to)
{
	size_t n = 0;
	int j = 0;
	for (; j + 4 <= count; j += 4, x += 4) {
		bits_of_real bits[4];
		memcpy(bits, x, sizeof bits);
		if (((bits[0] | bits[1] | bits[2] | bits[3]) << 1) == 0)
			continue;
		for (int k = 0; k < 4; k++) {
			to[n] = (struct mn_lists_entry){(unsigned)((j + k) * BLOCK), x[k]};
			n += (bits[k] << 1) != 0; /* neither 0 nor -0 */
		}
	}
	for (; j < count; j++, x++) {
		to[n] = (struct mn_lists_entry){(unsigned)(j * BLOCK), *x};
		n += *x != 0;
	}
	return n;
}

static void list_rows(const struct mn_lists *s, const mn_real *x)
{
	int n = 0, *start = s->row_start;
	for (int first = 0; first < s->columns; first += CHUNK) {
		for (int row = 0; row < s->rows; row++) {
			*start++ = n;
			n += (int)list_part(x + (size_t)row * (size_t)s->columns + first, least(CHUNK, s->columns - first), s->by_row + n);
		}
		*start++ = n;
	}
}

/* From the lists of the rows: counts, then places. */
static void list_columns(const struct mn_lists *s)
{
	const int *start = s->row_start;
	int *count = s->column_start;
	memset(count, 0, ((size_t)s->columns + 1) * sizeof *count);
	for (int first = 0; first < s->columns; first += CHUNK, start += s->rows + 1)
		for (int e = start[0]; e < start[s->rows]; e++)
			count[first + (int)(s->by_row[e].at / BLOCK)]++;
	for (int j = 0, n = 0; j <= s->columns; j++) {
		int here = count[j];
		count[j] = n;
		n += here;
	}
	start = s->row_start;
	for (int first = 0; first < s->columns; first += CHUNK, start += s->rows + 1)
		for (int row = 0; row < s->rows; row++)
			for (int e = start[row]; e < start[row + 1]; e++)
				s->by_column[count[first + (int)(s->by_row[e].at / BLOCK)]++] =
				        (struct mn_lists_entry){(unsigned)(row * BLOCK), s->by_row[e].value};
	/* Every count has become the start of the next column. */
	memmove(count + 1, count, (size_t)s->columns * sizeof *count);
	count[0] = 0;
}

/* Whether lists of n entries save time in two products with `out` columns, in nanoseconds as measured on AVX2: OpenBLAS takes 0.025 for
 * each element and output, in both products together 0.05; lists 0.065 for each entry and output (of whole blocks), and 3 an entry and 0.6
 * an element to be made. */
static bool worth_it(size_t n, size_t elements, int out)
{
	int blocks = (out + BLOCK - 1) / BLOCK;
	return (double)n * (0.065 * blocks * BLOCK + 3) < (double)elements * (0.05 * out - 0.6);
}

void mn_lists_find(const struct mn_lists *s, int out, const mn_real *x)
{
	*s->entries = -1;
	size_t elements = (size_t)s->rows * (size_t)s->columns;
	if (s->rows > ROWS_MAX)
		return;
	/* A quarter is enough to see that there are few zeros, unless they lie in the other rows alone. */
	if (!worth_it(mn_count_nonzero(elements / 4, x), elements / 4 * 5 / 4, out))
		return;
	size_t n = mn_count_nonzero(elements, x);
	if (n > (size_t)most(s->rows, s->columns) || !worth_it(n, elements, out))
		return;
	*s->entries = (int)n;
	list_rows(s, x);
	list_columns(s);
}

/* Rows and columns of a 4 x 4 exchanged. */
static inline void turn(quad r[4])
{
	quad a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
	quad c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5), d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
	r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
	r[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
	r[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
	r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

/* pack [count, BLOCK] = the columns first ... of w's rows; rows that are not there become zeros. */
static void pack_turned(int rows, int count, const mn_real *w, size_t stride, mn_real *pack)
{
	int whole = rows / 4 * 4;
	if (whole < BLOCK)
		memset(pack, 0, (size_t)count * BLOCK * sizeof *pack);
	for (int i = 0; i < whole; i += 4) {
		const mn_real *from = w + (size_t)i * stride;
		mn_real *to = pack + i;
		int j = 0;
		for (; j + 4 <= count; j += 4) {
			quad r[4];
			for (size_t k = 0; k < 4; k++)
				r[k] = *(const quad *)(from + k * stride + j);
			turn(r);
			for (int k = 0; k < 4; k++)
				*(quad *)(to + (j + k) * BLOCK) = r[k];
		}
		for (; j < count; j++)
			for (size_t k = 0; k < 4; k++)
				to[(size_t)j * BLOCK + k] = from[k * stride + (size_t)j];
	}
	for (int i = whole; i < rows; i++)
		for (int j = 0; j < count; j++)
			pack[j * BLOCK + i] = w[(size_t)i * stride + (size_t)j];
}

/* pack [rows, BLOCK] = the rows of d [rows, out] from a column on; columns that are not there become zeros. */
static void pack_straight(int rows, int count, const mn_real *d, size_t stride, mn_real *pack)
{
	for (int i = 0; i < rows; i++, d += stride, pack += BLOCK) {
		memcpy(pack, d, (size_t)count * sizeof *pack);
		memset(pack + count, 0, (size_t)(BLOCK - count) * sizeof *pack);
	}
}

struct product {
	const struct mn_lists *s;
	mn_real *const *scratch;
	rows_fn *multiply;
	int out;
	const mn_real *dense;
	mn_real keep, scale;
	mn_real *result;
};

/* y's columns from piece * BLOCK on. */
static void times_piece(void *arg, int piece, int worker)
{
	const struct product *p = arg;
	const struct mn_lists *s = p->s;
	mn_real *pack = p->scratch[worker];
	int block = piece * BLOCK, count = least(BLOCK, p->out - block);
	size_t columns = (size_t)s->columns, out = (size_t)p->out;
	const int *start = s->row_start;
	for (int first = 0; first < s->columns; first += CHUNK, start += s->rows + 1) {
		mn_real keep = first ? 1 : p->keep;
		pack_turned(count, least(CHUNK, s->columns - first), p->dense + (size_t)block * columns + first, columns, pack);
		if (count == BLOCK) {
			p->multiply(s->rows, start, s->by_row, pack, keep, p->result + block, out);
			continue;
		}
		for (int row = 0; row < s->rows; row++) {
			mn_real part[BLOCK], *y = p->result + (size_t)row * out + block;
			p->multiply(1, start + row, s->by_row, pack, 0, part, BLOCK);
			for (int i = 0; i < count; i++)
				y[i] = keep == 0 ? part[i] : keep * y[i] + part[i];
		}
	}
}

void mn_lists_times(const struct mn_lists *s, struct mn_pool *pool, mn_real *const *scratch, int out, const mn_real *w, mn_real beta,
                    mn_real *y)
{
	struct product p = {.s = s, .scratch = scratch, .multiply = choose(), .out = out, .dense = w, .keep = beta, .result = y};
	mn_pool_run(pool, (out + BLOCK - 1) / BLOCK, times_piece, &p);
}

/* to [rows, count] = keep to + scale tile', tile [count, BLOCK]; both in fours as far as they go. */
static void add_turned(int rows, int count, const mn_real *tile, mn_real keep, mn_real scale, mn_real *to, size_t stride)
{
	int whole = count == TILE ? rows / 4 * 4 : 0;
	for (int i = 0; i < whole; i += 4)
		for (int j = 0; j < TILE; j += 4) {
			quad r[4];
			for (int k = 0; k < 4; k++)
				r[k] = *(const quad *)(tile + (j + k) * BLOCK + i);
			turn(r);
			for (size_t k = 0; k < 4; k++) {
				quad *at = (quad *)(to + ((size_t)i + k) * stride + j);
				*at = keep == 0 ? scale * r[k] : keep * *at + scale * r[k];
			}
		}
	for (int i = whole; i < rows; i++)
		for (int j = 0; j < count; j++) {
			mn_real *at = to + (size_t)i * stride + j;
			*at = keep == 0 ? scale * tile[j * BLOCK + i] : keep * *at + scale * tile[j * BLOCK + i];
		}
}

/* to's rows from piece * BLOCK on, TILE columns at a time: a line of the cache. */
static void outer_piece(void *arg, int piece, int worker)
{
	const struct product *p = arg;
	const struct mn_lists *s = p->s;
	mn_real *pack = p->scratch[worker], *tile = pack + ROWS_MAX * BLOCK;
	int block = piece * BLOCK, count = least(BLOCK, p->out - block);
	size_t columns = (size_t)s->columns;
	pack_straight(s->rows, count, p->dense + block, (size_t)p->out, pack);
	for (int first = 0; first < s->columns; first += TILE) {
		int width = least(TILE, s->columns - first);
		const int *start = s->column_start + first;
		if (start[0] == start[width] && p->keep == 1)
			continue;
		mn_real *to = p->result + (size_t)block * columns + first;
		for (int i = 0; i < count; i++) /* lines far apart, which no hardware foresees */
			__builtin_prefetch(to + (size_t)i * columns, 1);
		p->multiply(width, start, s->by_column, pack, 0, tile, BLOCK);
		add_turned(count, width, tile, p->keep, p->scale, to, columns);
	}
}

void mn_lists_outer(const struct mn_lists *s, struct mn_pool *pool, mn_real *const *scratch, int out, mn_real scale, const mn_real *d,
                    mn_real keep, mn_real *to)
{
	struct product p = {
	        .s = s, .scratch = scratch, .multiply = choose(), .out = out, .dense = d, .keep = keep, .scale = scale, .result = to};
	mn_pool_run(pool, (out + BLOCK - 1) / BLOCK, outer_piece, &p);
}
