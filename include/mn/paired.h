/* paired.h - differences between two levels of a column, within what is the same otherwise: a seed. */
#ifndef MN_PAIRED_H
#define MN_PAIRED_H

#include "mn/csv.h"
#include "mn/error.h"
#include "mn/rows.h"
#include "mn/summary.h"

/* mn-summarize --paired-by COLUMN,... --minus COLUMN=VALUE: from each row's values those of the row are taken away that has VALUE in that
 * column and the same in the other columns of `by` and in the columns `pair`; the differences are described as mn_summary_write describes
 * values. The column must be one of `by`. Output: `by`, `unpaired` (rows without a partner), VALUE_difference_n, ... Two rows that none of
 * these columns tells apart are an error. 0, or -1 with err. */
int mn_paired_write(const struct mn_source *source, const struct mn_names *by, const struct mn_names *pair, const char *minus,
                    const struct mn_names *value, const struct mn_stats *stats, struct mn_csv *csv, struct mn_error *err);

#endif
