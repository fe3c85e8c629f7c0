/* ratio.h - times relative to those at one level of a column. */
#ifndef MN_RATIO_H
#define MN_RATIO_H

#include "mn/bootstrap.h"
#include "mn/groups.h"
#include "mn/rows.h"

/* What times are divided by: the group that has, in column number `column` of the key, the largest or smallest number of
 * those groups that agree in the others, or a given value. */
struct mn_relative {
	int column;
	enum { MN_RELATIVE_VALUE, MN_RELATIVE_MAX, MN_RELATIVE_MIN } kind;
	const char *value;
};

/* "width=max". 0, or -1 with err: misuse, its column not in by included. */
int mn_relative_parse(struct mn_relative *relative, const char *text, const struct mn_names *by, struct mn_error *err);

/* The group to divide group's times by; NULL with err->status 0 where there is none, else NULL with err. */
struct mn_group *mn_relative_base(struct mn_groups *groups, const struct mn_group *group, const struct mn_relative *relative,
                                  struct mn_error *err);

/* The ratio of two groups' Kaplan-Meier medians and its bootstrap interval over units, paired: the units of both groups together are
 * drawn. A group's vectors are the times, censored or not, and the units. */
int mn_ratio_of_medians(const struct mn_group *group, const struct mn_group *base, const struct mn_resampling *how,
                        struct mn_estimate *ratio, struct mn_error *err);

#endif
