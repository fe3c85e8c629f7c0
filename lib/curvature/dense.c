#include "mn/dense.h"

#include <stdlib.h>

/* OpenBLAS carries LAPACK, but Debian's package has no header for it. The last arguments are the lengths of the strings, as gfortran
 * passes them. */
void dsyev_(const char *job, const char *triangle, const int *n, double *a, const int *stride, double *value, double *work,
            const int *length, int *info, size_t job_length, size_t triangle_length);
void dposv_(const char *triangle, const int *n, const int *columns, double *a, const int *a_stride, double *b, const int *b_stride,
            int *info, size_t triangle_length);

int mn_dense_eigen(int n, double *a, double *value, struct mn_error *err)
{
	/* LAPACK counts columns first: our rows are its columns, our upper triangle its lower one. */
	int ask = -1, info = 0;
	double best = 0;
	dsyev_("V", "L", &n, a, &n, value, &best, &ask, &info, 1, 1);
	int length = (int)best;
	double *work = malloc((size_t)length * sizeof *work);
	if (!work)
		return mn_fail_memory(err, "dense eigenvalues", (size_t)length * sizeof *work);
	dsyev_("V", "L", &n, a, &n, value, work, &length, &info, 1, 1);
	free(work);
	return info ? mn_fail(err, "LAPACK's dsyev does not converge on a %d x %d matrix (info %d)", n, n, info) : 0;
}

int mn_dense_solve(int n, double *a, double *b, struct mn_error *err)
{
	int one = 1, info = 0;
	dposv_("L", &n, &one, a, &n, b, &n, &info, 1);
	return info ? mn_fail(err, "a %d x %d matrix is not positive definite (LAPACK's dposv, info %d)", n, n, info) : 0;
}
