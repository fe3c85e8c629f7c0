#include "mn/survival.h"

#include <string.h>

#include "test.h"

/* Acute myelogenous leukemia (Miller 1997), the example of R's survival package; the numbers are those of
 * summary(survfit(Surv(time, status) ~ x, data = aml)). */
static const struct mn_observation maintained[] = {{9, 0},  {13, 0}, {13, 1}, {18, 0}, {23, 0}, {28, 1},
                                                   {31, 0}, {34, 0}, {45, 1}, {48, 0}, {161, 1}};
static const struct mn_observation not_maintained[] = {{5, 0},  {5, 0},  {8, 0},  {8, 0},  {12, 0}, {16, 1},
                                                       {23, 0}, {27, 0}, {30, 0}, {33, 0}, {43, 0}, {45, 0}};

struct expected {
	double time, survival, std_error, low, high;
	size_t at_risk, events;
};

static void check_curve(struct test *t, const char *name, const struct mn_observation *data, size_t n, const struct expected *want,
                        size_t steps, double median, double low)
{
	struct mn_observation copy[16];
	struct mn_survival_step step[16];
	struct mn_survival s;
	size_t got = 0;
	memcpy(copy, data, n * sizeof *data);
	mn_survival_estimate(copy, n, &s, step, &got);
	CHECK(t, got == steps, "%s: %zu steps", name, steps);
	for (size_t i = 0; i < got && i < steps; i++) {
		CHECK(t, step[i].time == want[i].time && step[i].at_risk == want[i].at_risk && step[i].events == want[i].events,
		      "%s: at %g, %zu at risk, %zu events", name, want[i].time, want[i].at_risk, want[i].events);
		CHECK_NEAR(t, step[i].survival, want[i].survival, 6e-4, "survival");
		if (want[i].survival == 0) {
			CHECK(t, isnan(step[i].low) && isnan(step[i].high), "%s: no interval where nobody is left", name);
			continue;
		}
		CHECK_NEAR(t, step[i].std_error, want[i].std_error, 6e-5, "standard error");
		CHECK_NEAR(t, step[i].low, want[i].low, 6e-5, "low limit");
		CHECK_NEAR(t, step[i].high, want[i].high, 6e-4, "high limit");
	}
	CHECK(t, s.median == median, "%s: median %g is %g", name, s.median, median);
	CHECK(t, s.low == low && isinf(s.high), "%s: from %g to beyond what was seen", name, low);
}

static void check_aml(struct test *t)
{
	static const struct expected with[] = {{9, .909, .0867, .7541, 1, 11, 1},    {13, .818, .1163, .6192, 1, 10, 1},
	                                       {18, .716, .1397, .4884, 1, 8, 1},    {23, .614, .1526, .3769, .999, 7, 1},
	                                       {31, .491, .1642, .2549, .946, 5, 1}, {34, .368, .1627, .1549, .875, 4, 1},
	                                       {48, .184, .1535, .0359, .944, 2, 1}};
	static const struct expected without[] = {
	        {5, .8333, .1076, .6470, 1, 12, 2},    {8, .6667, .1361, .4468, .995, 10, 2}, {12, .5833, .1423, .3616, .941, 8, 1},
	        {23, .4861, .1481, .2675, .883, 6, 1}, {27, .3889, .1470, .1854, .816, 5, 1}, {30, .2917, .1387, .1148, .741, 4, 1},
	        {33, .1944, .1219, .0569, .664, 3, 1}, {43, .0972, .0919, .0153, .620, 2, 1}, {45, 0, 0, 0, 0, 1, 1}};
	check_curve(t, "maintained", maintained, 11, with, 7, 31, 18);
	check_curve(t, "not maintained", not_maintained, 12, without, 9, 23, 8);
}

/* By hand. Times 2 2 3+ 3 5+ 7: at 2, 6 at risk, 2 events, S = 2/3; at 3, the event before the censoring, 4 at risk, S = 2/3 * 3/4 = 1/2,
 * level until 7, where 1 is at risk: S = 0. The median is the middle of [3, 7]. */
static void check_ties(struct test *t)
{
	struct mn_observation data[] = {{3, 1}, {2, 0}, {7, 0}, {3, 0}, {5, 1}, {2, 0}};
	struct mn_survival_step step[6];
	struct mn_survival s;
	size_t steps;
	mn_survival_estimate(data, 6, &s, step, &steps);
	CHECK(t, steps == 3 && s.n == 6 && s.censored == 2, "ties: three steps, two of six censored");
	CHECK_NEAR(t, step[0].survival, 2.0 / 3, 1e-15, "ties: two events at once");
	CHECK(t, step[1].at_risk == 4, "ties: a censoring at the time of an event comes after it");
	CHECK_NEAR(t, step[1].survival, 0.5, 1e-15, "ties: the event of the tie");
	CHECK_NEAR(t, step[1].std_error, 0.5 * sqrt(2.0 / 24 + 1.0 / 12), 1e-15, "ties: Greenwood's standard error");
	CHECK(t, step[2].survival == 0, "ties: the last event ends the curve");
	CHECK(t, s.median == 5 && !s.open, "ties: where the curve is level at one half, the median is the middle of that stretch");
}

static void check_ends(struct test *t)
{
	struct mn_observation never[] = {{10, 1}, {10, 1}, {10, 1}}, one[] = {{4, 0}}, odd[] = {{9, 0}, {1, 0}, {5, 0}};
	struct mn_observation half[] = {{300, 1}, {5, 0}, {6, 0}, {300, 1}}, diverged[] = {{INFINITY, 1}, {50, 0}, {INFINITY, 1}};
	struct mn_survival s;
	mn_survival_estimate(never, 3, &s, NULL, NULL);
	CHECK(t, s.censored == 3 && isinf(s.median) && isinf(s.low) && isinf(s.high), "all censored: the median lies beyond");
	mn_survival_estimate(one, 1, &s, NULL, NULL);
	CHECK(t, s.median == 4 && isnan(s.low) && isinf(s.high), "one event: a median, no limits");
	mn_survival_estimate(odd, 3, &s, NULL, NULL);
	CHECK(t, s.median == 5, "nothing censored: the ordinary median");
	mn_survival_estimate(half, 4, &s, NULL, NULL);
	CHECK(t, s.median == 6 && s.open, "half censored: the median is where the curve comes to one half, at least");
	mn_survival_estimate(diverged, 3, &s, NULL, NULL);
	CHECK(t, s.censored == 2 && isinf(s.median), "two of three never get there: the third does not stand for them");
	mn_survival_estimate(NULL, 0, &s, NULL, NULL);
	CHECK(t, s.n == 0 && isnan(s.median), "nothing: no median");
}

int main(void)
{
	struct test t = {0};
	check_aml(&t);
	check_ties(&t);
	check_ends(&t);
	return test_end(&t);
}
