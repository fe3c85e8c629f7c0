/* dense.h - eigenvalues of small dense symmetric matrices, by LAPACK. */
#ifndef MN_DENSE_H
#define MN_DENSE_H

#include "mn/error.h"

/* a: [n, n] symmetric, only one triangle (column >= row) is read; on return row i of a is the unit eigenvector of value[i].
 * value: [n], ascending. 0, or -1 with err where memory or convergence fails. */
int mn_dense_eigen(int n, double *a, double *value, struct mn_error *err);

/* Solves a x = b for a symmetric positive definite a [n, n] (destroyed); b [n] becomes x. 0, or -1 with err where a is not definite. */
int mn_dense_solve(int n, double *a, double *b, struct mn_error *err);

#endif
