/* lists_rows.h - the inner loop of products with lists, a template for vectors of several sizes: NAME is the function, BYTES the size of
 * its vectors, TARGET its attribute. Row i of c [rows, BLOCK] = beta c + the sum over its list of value times the row of pack [.., BLOCK]
 * that the entry names. */
TARGET static void NAME(int rows, const int *start, const struct mn_lists_entry *entry, const mn_real *pack, mn_real beta, mn_real *c,
                        size_t stride)
{
	typedef mn_real vector __attribute__((vector_size(BYTES), aligned(sizeof(mn_real)), may_alias));
	/* Eight sums at a time hide the latency of an addition, and find room in the registers: of as many columns as fit, or of every
	 * other entry where one entry's columns are fewer vectors. */
	enum {
		EACH = BYTES / sizeof(mn_real),
		VECTORS = BLOCK / EACH < 8 ? BLOCK / EACH : 8,
		SETS = 8 / VECTORS,
		COLUMNS = VECTORS * EACH,
	};
	for (int row = 0; row < rows; row++, c += stride)
		for (size_t column = 0; column < BLOCK; column += COLUMNS) {
			vector sum[SETS][VECTORS] = {{{0}}}, *to = (vector *)(c + column);
			if (beta != 0)
				for (size_t i = 0; i < VECTORS; i++)
					sum[0][i] = beta * to[i];
			int e = start[row], end = start[row + 1];
			for (; e + SETS <= end; e += SETS)
				for (int s = 0; s < SETS; s++) {
					const vector *from = (const vector *)(pack + entry[e + s].at + column);
					mn_real value = entry[e + s].value;
					for (size_t i = 0; i < VECTORS; i++)
						sum[s][i] += value * from[i];
				}
			for (; e < end; e++) {
				const vector *from = (const vector *)(pack + entry[e].at + column);
				for (size_t i = 0; i < VECTORS; i++)
					sum[0][i] += entry[e].value * from[i];
			}
			for (size_t i = 0; i < VECTORS; i++) {
				for (int s = 1; s < SETS; s++)
					sum[0][i] += sum[s][i];
				to[i] = sum[0][i];
			}
		}
}
#undef NAME
#undef BYTES
#undef TARGET
