/* result.h - from approximate eigenvectors to a list of eigenpairs with true residuals. */
#ifndef MN_RESULT_H
#define MN_RESULT_H

#include "mn/eigen.h"
#include "mn/vectors.h"

/* One product for each of the unit vectors basis[0..columns): Rayleigh quotient, residual; result->scale grows where needed. Then the
 * best K of each asked end, in order. work: [n]. The pairs point into basis, which stays the caller's. */
int mn_eigenpairs_check(struct mn_eigenpairs *result, struct mn_operator *op, const struct mn_eigen_options *options,
                        const struct mn_vectors *vec, mn_real *basis, int columns, mn_real *work, struct mn_error *err);

#endif
