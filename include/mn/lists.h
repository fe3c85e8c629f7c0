/* lists.h - products with a matrix that is mostly zeros, such as the pixels of digits: only what is there is multiplied.
 *
 * A batch x [rows, columns] is turned into lists of its elements that are not zero, by row and by column; their memory is the caller's, a
 * layer's state and shared. What is computed does not depend on threads; its last bits depend on the processor's instruction set, as
 * OpenBLAS's do.
 */
#ifndef MN_LISTS_H
#define MN_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "mn/pieces.h"
#include "mn/real.h"

struct mn_lists_entry {
	unsigned at; /* which column or row, times the width of what it is multiplied with */
	mn_real value;
};

struct mn_lists {
	int rows, columns;
	int *entries;      /* how many there are; -1: x is too dense to gain anything */
	int *row_start;    /* [chunks of columns][rows + 1] in by_row */
	int *column_start; /* [chunks of rows][columns + 1] in by_column */
	struct mn_lists_entry *by_row, *by_column;
};

/* The memory that batches of so many columns need, in reals: of state (for each row), of shared (for each batch of at most so many
 * rows), of scratch (for each worker). */
size_t mn_lists_state(int columns);
size_t mn_lists_shared(int columns);
size_t mn_lists_scratch(void);

/* The lists that lie in a batch's state and shared memory. */
struct mn_lists mn_lists_at(int rows, int columns, mn_real *state, mn_real *shared);

/* Makes the lists of x, or finds that they would be too long for products with so many outputs. */
void mn_lists_find(const struct mn_lists *s, int out, const mn_real *x);

static inline bool mn_lists_is(const struct mn_lists *s)
{
	return *s->entries >= 0;
}

/* y [rows, out] = x w' + beta y, w [out, columns]. scratch: [worker]. */
void mn_lists_times(const struct mn_lists *s, struct mn_pool *pool, mn_real *const *scratch, int out, const mn_real *w, mn_real beta,
                    mn_real *y);

/* to [out, columns] = keep to + scale d' x, d [rows, out]. */
void mn_lists_outer(const struct mn_lists *s, struct mn_pool *pool, mn_real *const *scratch, int out, mn_real scale, const mn_real *d,
                    mn_real keep, mn_real *to);

#endif
