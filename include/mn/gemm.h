/* gemm.h - matrix products through OpenBLAS, cut into pieces by their shape alone. */
#ifndef MN_GEMM_H
#define MN_GEMM_H

#include <stdbool.h>
#include <stddef.h>

#include "mn/pieces.h"
#include "mn/real.h"

/* A row-major matrix or its transpose, as an operand: op(A) is A or A'. stride: elements from row to row of A. */
struct mn_matrix {
	const mn_real *at;
	int stride;
	bool transposed;
};

/* C = alpha op(A) op(B) + beta C; C is [m, n] with stride elements from row to row, op(A) [m, k], op(B) [k, n].
 * Where beta is 0, C is not read. The same bits for any pool. */
void mn_gemm(struct mn_pool *pool, int m, int n, int k, mn_real alpha, struct mn_matrix a, struct mn_matrix b, mn_real beta, mn_real *c,
             int stride);

/* OpenBLAS's version, build and core type, for provenance: the last bits of every product depend on them. */
void mn_blas_name(char *text, size_t size);

/* Keeps OpenBLAS from threads of its own, and has it take its memory (OpenBLAS 0.3.21 waits for ever where there is none): call it once,
 * before anything large is read. threads: how many will multiply at the same time. 0, or -1 with err. */
int mn_blas_start(int threads, struct mn_error *err);

#endif
