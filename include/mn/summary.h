/* summary.h - descriptive statistics of groups of rows. */
#ifndef MN_SUMMARY_H
#define MN_SUMMARY_H

#include <stddef.h>

#include "mn/csv.h"
#include "mn/error.h"
#include "mn/groups.h"
#include "mn/rows.h"

enum mn_stat {
	MN_STAT_N,
	MN_STAT_NONFINITE,
	MN_STAT_MEAN,
	MN_STAT_STD,
	MN_STAT_SEM,
	MN_STAT_CI95,
	MN_STAT_MEDIAN,
	MN_STAT_MIN,
	MN_STAT_MAX
};

enum { MN_STATS_MAX = 32 };

struct mn_stats {
	enum mn_stat stat[MN_STATS_MAX];
	int count;
};

/* "n,mean,ci95". 0, or -1 with err (misuse) that lists the known names. */
int mn_stats_parse(struct mn_stats *stats, const char *text, struct mn_error *err);

/* The statistics of one group. Where a number does not exist (a mean of nothing, a standard deviation of one value) it is
 * NAN here and an empty field in the CSV; a value that is not finite makes everything but n and nonfinite NAN, "nan" in the CSV. */
struct mn_summary {
	size_t n;              /* values */
	size_t nonfinite;      /* of them nan or infinite */
	double mean, std, sem; /* std with n - 1; sem = std / sqrt(n) */
	double low, high;      /* mean -+ t(0.975, n - 1) sem: Student's interval */
	double median, min, max;
};

/* value[n] is sorted in place, so that sums do not depend on the order of the rows. */
void mn_summarize(double *value, size_t n, struct mn_summary *summary);

/* The q-quantile of Student's t with df degrees of freedom, 0 < q < 1, df >= 1, to 1e-9 relative. The distribution function
 * is the finite series for integers (Abramowitz & Stegun 26.7.3 and 26.7.4); above 1,000 the quantile is 26.7.5's expansion. */
double mn_student_quantile(double q, size_t df);

/* A header field VALUE_SUFFIX, and a number that may not exist: NAN is an empty field. */
void mn_summary_column(struct mn_csv *csv, const char *value, const char *suffix);
void mn_summary_field(struct mn_csv *csv, double value);

/* The header fields and the fields of a row for one value column. */
void mn_stats_header(struct mn_csv *csv, const struct mn_stats *stats, const char *value);
void mn_stats_row(struct mn_csv *csv, const struct mn_stats *stats, const struct mn_summary *summary);

/* What mn-summarize does by default: reads the rows, groups them by the columns `by`, and writes for each group the statistics of each
 * column of `value`. Empty fields are not counted. Groups in the order of mn_groups_sort. */
int mn_summary_write(const struct mn_source *source, const struct mn_names *by, const struct mn_names *value, const struct mn_stats *stats,
                     struct mn_csv *csv, struct mn_error *err);

#endif
