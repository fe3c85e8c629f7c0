/* moments.h - mean and standard deviation of a data set's pixels (private to lib/data). */
#ifndef MN_DATA_MOMENTS_H
#define MN_DATA_MOMENTS_H

#include "mn/corrupt.h"

/* One mean and one population standard deviation a group of pixels, on the [0, 1] scale. */
struct mn_moment_table {
	size_t groups;      /* 1, C or C*H*W */
	size_t pixels_each; /* consecutive pixels of a row that share a group */
	double *mean, *sd;  /* [groups], one allocation that starts at mean */
};

/* Over all rows, in double, in two passes and in a fixed order. 0, or -1 with err. Free with mn_moment_table_free. */
int mn_moment_table_make(struct mn_moment_table *table, const struct mn_dataset *data, enum mn_moments over, struct mn_error *err);
void mn_moment_table_free(struct mn_moment_table *table);

#endif
