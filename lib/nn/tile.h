/* tile.h - matrix products whose left operand is read in place, through offsets: a convolution needs no matrix of patches then.
 *
 *     c[m][n] (+)= sum over k of a[offset[m] + (k / inner) * outer_step + (k % inner) * inner_step] * b[k][n]
 *
 * c is computed by tiles that fit into the registers of one core. Their size, and so the last bits, depend on the vectors that the
 * processor has: mn_tile_vector. Everything here runs in the calling thread. */
#ifndef MN_NN_TILE_H
#define MN_NN_TILE_H

#include <stdbool.h>
#include <stddef.h>

#include "mn/real.h"

struct mn_tile_product {
	int m, n;
	int outer, inner; /* k = 0 .. outer * inner - 1 */
	const mn_real *a;
	const int *offset; /* [m] */
	ptrdiff_t outer_step, inner_step;
	const mn_real *b; /* [k][n], packed by mn_tile_pack */
	mn_real *c;       /* c[i][j] is c[i * stride + j] */
	int stride;
	bool accumulate; /* add to c; otherwise c is not read */
};

/* Bytes of the widest vectors to be used: 64 (AVX-512), 32 (AVX2) or 16. Follows OpenBLAS's core type, which the history of a model
 * names: AVX-512 only where OpenBLAS uses it too. */
int mn_tile_vector(void);

/* Whether this processor has vectors of that many bytes. */
bool mn_tile_supports(int vector);

/* Elements of a packed b. */
size_t mn_tile_packed(int vector, int k, int n);

/* Packs b [k][n], n elements from row to row, into panels of as many columns as a tile has, filled up with zeros. */
void mn_tile_pack(int vector, int k, int n, const mn_real *b, mn_real *packed);

void mn_tile_multiply(int vector, const struct mn_tile_product *p);

/* The nonzero factors of a sparse row, and where in a they belong. */
struct mn_tile_list {
	int count;
	const int *offset;
	const mn_real *value;
};

/* c[j] += sum over the list of value * a[offset + j], j = 0 .. length - 1 */
void mn_tile_gather(int vector, const struct mn_tile_list *list, const mn_real *a, int length, mn_real *c);

#endif
