/* claims.h - what a figure's runs say to the paper's claims: statistics, their intervals over seeds, and a verdict. */
#ifndef MN_CLAIMS_H
#define MN_CLAIMS_H

#include "mn/bootstrap.h"
#include "mn/csv.h"
#include "mn/error.h"
#include "mn/rows.h"

/* "fig1|fig2-left|...": the figures that have claims. */
extern const char mn_claims_figures[];

/* Reads a figure's rows, one a run, and writes figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict.
 * mn-summarize(1) documents the statistics. Where no run qualifies the header alone. 0, or -1 with err. */
int mn_claims_write(const char *figure, const struct mn_source *source, const struct mn_resampling *how, struct mn_csv *csv,
                    struct mn_error *err);

/* The verdict on a claim that a number is positive (side 1) or negative (side -1), by the rule that all figures share: the 95%
 * interval lies wholly on that side: "holds" with n >= 5 seeds, "suggestive" with 3 or 4; wholly on the other side with at least 3:
 * "contradicted"; else "not resolved". Side 0, a number that no claim is about, has none: "". */
const char *mn_verdict(const struct mn_estimate *estimate, int side, int n);

#endif
