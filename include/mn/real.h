/* real.h - the scalar of all numerics: float, or double in the build that the tests use
 * to check gradients and Hessian products to 1e-8 and not to float noise (-DMN_DOUBLE). */
#ifndef MN_REAL_H
#define MN_REAL_H

#ifdef MN_DOUBLE
typedef double mn_real;
#else
typedef float mn_real;
#endif

#endif
