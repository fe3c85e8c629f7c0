/* columns.h - the shared CSV columns: what every row of mn-train --log, mn-eval and mn-hessian begins with (mn(7)).
 *
 * Column NAME is the metadata key mn.NAME of the model (or of the data set, before there is a model). */
#ifndef MN_COLUMNS_H
#define MN_COLUMNS_H

#include "mn/csv.h"
#include "mn/stream.h"

/* The number of shared columns, and the name and default of column i. */
int mn_columns_count(void);
const char *mn_column_name(int i);
const char *mn_column_default(int i);

/* Writes the shared fields of a row from the stream's metadata; missing keys give their defaults. */
void mn_columns_write(struct mn_csv *csv, const struct mn_stream *stream);
void mn_columns_header(struct mn_csv *csv);

#endif
