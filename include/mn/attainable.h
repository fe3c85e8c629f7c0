/* attainable.h - how well a data set can be learned at all: images that occur twice under different labels cannot all be right. */
#ifndef MN_ATTAINABLE_H
#define MN_ATTAINABLE_H

#include "mn/dataset.h"

/* The least number of errors that any function of the pixels, before any input transform, makes on the rows: of identical images (the same
 * bytes), those outside their most frequent label. 0, or -1 with err when out of memory. */
int mn_least_errors(const struct mn_dataset *data, int64_t *errors, struct mn_error *err);

#endif
