/* tile_kernel.h - the tiles of one vector width; included by tile.c once for each, with
 *     TILE_BYTES    of a vector
 *     TILE_VECTORS  vectors a row of a tile, so that ROWS * TILE_VECTORS sums and a row of b fit into the registers
 *     TILE_SUMS     vectors that the sum of a list may have
 *     TILE_TARGET   the compiler's name of the instructions, or an empty attribute
 *     TILE(name)    name, made unique
 * There is no include guard. */

typedef mn_real TILE(vector) __attribute__((vector_size(TILE_BYTES), aligned(sizeof(mn_real)), may_alias));

enum { TILE(LANES) = TILE_BYTES / sizeof(mn_real), TILE(COLUMNS) = TILE(LANES) * TILE_VECTORS };

/* c [ROWS][vectors * LANES]; vectors is a constant wherever this is inlined, so that sum[][] becomes registers. */
TILE_TARGET static inline __attribute__((always_inline)) void TILE(step)(const struct mn_tile_product *p, const int *offset,
                                                                         const mn_real *b, mn_real *c, ptrdiff_t stride, const int vectors)
{
	TILE(vector) sum[ROWS][TILE_VECTORS];
	const mn_real *line[ROWS];
	for (int i = 0; i < ROWS; i++) {
		line[i] = p->a + offset[i];
		for (int v = 0; v < vectors; v++)
			sum[i][v] = p->accumulate ? *(TILE(vector) *)(c + i * stride + v * TILE(LANES)) : (TILE(vector)){0};
	}
	const ptrdiff_t step = p->inner_step, end = p->inner * step;
	for (int outer = 0; outer < p->outer; outer++) {
		for (ptrdiff_t at = 0; at < end; at += step, b += vectors * TILE(LANES)) {
			TILE(vector) row[TILE_VECTORS];
			for (int v = 0; v < vectors; v++)
				row[v] = *(const TILE(vector) *)(b + v * TILE(LANES));
			for (int i = 0; i < ROWS; i++)
				for (int v = 0; v < vectors; v++)
					sum[i][v] += line[i][at] * row[v];
		}
		for (int i = 0; i < ROWS; i++)
			line[i] += p->outer_step;
	}
	for (int i = 0; i < ROWS; i++)
		for (int v = 0; v < vectors; v++)
			*(TILE(vector) *)(c + i * stride + v * TILE(LANES)) = sum[i][v];
}

TILE_TARGET static void TILE(tile)(const struct mn_tile_product *p, const int *offset, const mn_real *b, mn_real *c, ptrdiff_t stride,
                                   int vectors)
{
	switch (vectors) {
	case 1:
		TILE(step)(p, offset, b, c, stride, 1);
		break;
	case 2:
		TILE(step)(p, offset, b, c, stride, 2);
		break;
#if TILE_VECTORS > 2
	case 3:
		TILE(step)(p, offset, b, c, stride, 3);
		break;
	case 4:
		TILE(step)(p, offset, b, c, stride, 4);
		break;
#endif
	}
}

/* A tile that reaches over the edge of c: computed aside, with the last row in place of those that are missing. */
TILE_TARGET static void TILE(edge)(const struct mn_tile_product *p, int row, int column, const mn_real *b, int vectors)
{
	mn_real aside[ROWS * TILE(COLUMNS)] = {0};
	int offset[ROWS], rows = p->m - row < ROWS ? p->m - row : ROWS, width = vectors * TILE(LANES);
	int columns = p->n - column < width ? p->n - column : width;
	mn_real *c = p->c + (ptrdiff_t)row * p->stride + column;
	for (int i = 0; i < ROWS; i++)
		offset[i] = p->offset[i < rows ? row + i : p->m - 1];
	for (int i = 0; p->accumulate && i < rows; i++)
		memcpy(aside + i * width, c + (ptrdiff_t)i * p->stride, (size_t)columns * sizeof *c);
	TILE(tile)(p, offset, b, aside, width, vectors);
	for (int i = 0; i < rows; i++)
		memcpy(c + (ptrdiff_t)i * p->stride, aside + i * width, (size_t)columns * sizeof *c);
}

TILE_TARGET static void TILE(multiply)(const struct mn_tile_product *p)
{
	for (int column = 0; column < p->n; column += TILE(COLUMNS)) {
		int left = (p->n - column + TILE(LANES) - 1) / TILE(LANES), vectors = left < TILE_VECTORS ? left : TILE_VECTORS;
		const mn_real *b = p->b + (ptrdiff_t)p->outer * p->inner * column;
		for (int row = 0; row < p->m; row += ROWS)
			if (row + ROWS <= p->m && column + vectors * TILE(LANES) <= p->n)
				TILE(tile)(p, p->offset + row, b, p->c + (ptrdiff_t)row * p->stride + column, p->stride, vectors);
			else
				TILE(edge)(p, row, column, b, vectors);
	}
}

/* c[0 .. vectors * LANES) += the list's sum; vectors is a constant wherever this is inlined. */
TILE_TARGET static inline __attribute__((always_inline)) void TILE(sum)(const struct mn_tile_list *list, const mn_real *a, mn_real *c,
                                                                        const int vectors)
{
	TILE(vector) sum[TILE_SUMS];
	for (int v = 0; v < vectors; v++)
		sum[v] = *(TILE(vector) *)(c + v * TILE(LANES));
	for (int i = 0; i < list->count; i++) {
		const mn_real *from = a + list->offset[i], factor = list->value[i];
		for (int v = 0; v < vectors; v++)
			sum[v] += factor * *(const TILE(vector) *)(from + v * TILE(LANES));
	}
	for (int v = 0; v < vectors; v++)
		*(TILE(vector) *)(c + v * TILE(LANES)) = sum[v];
}

TILE_TARGET static void TILE(gather)(const struct mn_tile_list *list, const mn_real *a, int length, mn_real *c)
{
	int at = 0;
	for (; at + TILE_SUMS * TILE(LANES) <= length; at += TILE_SUMS * TILE(LANES))
		TILE(sum)(list, a + at, c + at, TILE_SUMS);
	for (; at + 8 * TILE(LANES) <= length; at += 8 * TILE(LANES))
		TILE(sum)(list, a + at, c + at, 8);
	for (; at + 4 * TILE(LANES) <= length; at += 4 * TILE(LANES))
		TILE(sum)(list, a + at, c + at, 4);
	for (; at + TILE(LANES) <= length; at += TILE(LANES))
		TILE(sum)(list, a + at, c + at, 1);
	for (; at < length; at++)
		for (int i = 0; i < list->count; i++)
			c[at] += list->value[i] * a[list->offset[i] + at];
}

#undef TILE_SUMS
#undef TILE_BYTES
#undef TILE_VECTORS
#undef TILE_TARGET
#undef TILE
