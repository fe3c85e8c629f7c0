/* survival.h - times to an event of which some were not seen to come: right-censored data. */
#ifndef MN_SURVIVAL_H
#define MN_SURVIVAL_H

#include <stddef.h>

#include "mn/csv.h"
#include "mn/error.h"
#include "mn/rows.h"

/* One observation: the event came at `time`, or (censored) had not come by then; INFINITY: it never comes. */
struct mn_observation {
	double time;
	int censored; /* 0 or 1 */
};

/* The Kaplan-Meier curve after the events at one time. A censoring at the time of an event comes after it. */
struct mn_survival_step {
	double time;
	size_t at_risk, events;
	double survival, std_error; /* Greenwood's */
	double low, high;           /* 95%: exp(log S -+ z sqrt(sum d / n (n - d))), cut at 1; NAN where survival is 0 */
};

struct mn_survival {
	size_t n, censored;
	/* The first time at which the curve is at most 1/2 (where it is 1/2 exactly, the middle of that stretch), and the same of the
	 * curve's lower and upper 95% limits (Brookmeyer & Crowley 1982, as R's survfit with conf.type "log"). INFINITY: not reached within
	 * the times observed; low is NAN where the limit is not defined (one observation). */
	double median, low, high;
	int open; /* 1: the curve ends level at 1/2, so that the median is the start of a stretch whose end was not seen */
};

/* observation[n] is sorted in place. step: room for n, or NULL; *steps: how many were written (may be NULL). */
void mn_survival_estimate(struct mn_observation *observation, size_t n, struct mn_survival *survival, struct mn_survival_step *step,
                          size_t *steps);

/* mn-summarize --censored: for each group of rows by the columns `by`, n, number censored, median and its interval of the
 * column `time`; the column `censored` (0 or 1) says which are. An empty time is not counted. relative (or NULL): and the ratio of
 * the median to that of another group, with its interval over the column `seed`. */
struct mn_relative;
struct mn_resampling;
int mn_survival_write(const struct mn_source *source, const struct mn_names *by, const char *time, const char *censored,
                      const struct mn_relative *relative, const struct mn_resampling *how, struct mn_csv *csv, struct mn_error *err);

/* A condition of --first: COLUMN, one of >= <= > < =, and a number. */
struct mn_condition {
	char column[128];
	char compare[3];
	double number;
};

int mn_condition_parse(struct mn_condition *condition, const char *text, struct mn_error *err);

/* mn-summarize --first: from logs to times. Rows are grouped to runs by those columns of `by` that the table has (need_all: it must have
 * all); for each run its columns, `time` (the column `epoch` of its first row that meets the condition, or of its last row) and `censored`
 * (1 where none did). A run that diverged (`train_loss` is nan) before it met the condition never will: its time is inf. Epochs
 * of a run must rise: rows of two runs that no column tells apart are an error. */
int mn_first_write(const struct mn_source *source, const struct mn_names *by, int need_all, const struct mn_condition *condition,
                   struct mn_csv *csv, struct mn_error *err);

#endif
