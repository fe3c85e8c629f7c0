/* fit.h - power laws over the runs of a sweep. */
#ifndef MN_FIT_H
#define MN_FIT_H

#include "mn/bootstrap.h"
#include "mn/csv.h"
#include "mn/error.h"
#include "mn/rows.h"

/* mn-summarize --fit X:Y: for each group of rows by the columns `by`, the exponent a and the coefficient c of y = c x^a: the least-squares
 * line through (log x, mean over units of log y), and the exponent's bootstrap interval over units (the values of the column `unit`, seeds
 * as a rule). Where the table has a column `censored`, y is a time, and log y at an x is the logarithm of its Kaplan-Meier median; one that
 * was not reached leaves the interval open. x and y must be positive. 0, or -1 with err. */
int mn_fit_write(const struct mn_source *source, const struct mn_names *by, const char *x, const char *y, const char *unit,
                 const struct mn_resampling *how, struct mn_csv *csv, struct mn_error *err);

/* "width:time" into its two names. To be freed with mn_names_free. 0, or -1 with err. */
int mn_fit_parse(struct mn_names *axes, const char *text, struct mn_error *err);

#endif
