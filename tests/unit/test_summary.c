#include "mn/random.h"
#include "mn/summary.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

/* Printed tables of the 0.975 quantile, and the two closed forms: tan(pi (q - 1/2)) for 1, and for 2. */
static void check_student(struct test *t)
{
	static const struct {
		size_t df;
		double quantile;
	} table[] = {{1, 12.7062047362},  {2, 4.30265272975}, {3, 3.18244630528},   {4, 2.7764451052},     {5, 2.57058183564},
	             {10, 2.22813885196}, {30, 2.0422724563}, {120, 1.97993040505}, {1000, 1.96233908083}, {1000000000000, 1.95996398454}};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		CHECK_NEAR(t, mn_student_quantile(0.975, table[i].df), table[i].quantile, 1e-9, "Student's 0.975 quantile");
	CHECK_NEAR(t, mn_student_quantile(0.9, 1), tan(3.14159265358979323846 * 0.4), 1e-11, "one degree of freedom, closed form");
	CHECK_NEAR(t, mn_student_quantile(0.9, 2), 0.8 / sqrt(2 * 0.9 * 0.1), 1e-11, "two degrees of freedom, closed form");
	CHECK_NEAR(t, mn_student_quantile(0.025, 4), -mn_student_quantile(0.975, 4), 1e-15, "symmetry");
	CHECK_NEAR(t, mn_student_quantile(0.975, 1001), mn_student_quantile(0.975, 1000), 3e-6, "the series and the expansion meet");
}

static void check_numbers(struct test *t)
{
	double value[] = {4, 1, 3, 2}, one[] = {7}, spoilt[] = {1, NAN, 2, INFINITY};
	struct mn_summary s;
	mn_summarize(value, 4, &s);
	CHECK(t, s.n == 4 && s.mean == 2.5 && s.median == 2.5 && s.min == 1 && s.max == 4, "1 2 3 4: mean, median, ends");
	CHECK_NEAR(t, s.std, 1.2909944487358056, 1e-15, "1 2 3 4: standard deviation with n - 1");
	CHECK_NEAR(t, s.low, 2.5 - 3.18244630528 * 0.6454972243679028, 1e-9, "1 2 3 4: low end of Student's interval");
	mn_summarize(value, 3, &s);
	CHECK(t, s.median == 2, "1 2 3: median");
	mn_summarize(one, 1, &s);
	CHECK(t, s.mean == 7 && s.median == 7 && isnan(s.std) && isnan(s.low), "one value has a mean but no spread");
	mn_summarize(spoilt, 4, &s);
	CHECK(t, s.n == 4 && s.nonfinite == 2 && isnan(s.mean) && isnan(s.median) && isnan(s.max),
	      "nan and inf are counted and spoil the rest");
	mn_summarize(NULL, 0, &s);
	CHECK(t, s.n == 0 && isnan(s.mean), "nothing has no mean");
}

/* The interval holds the true mean in 95% of samples of 3, 4 and 5 normals. 20,000 samples: 4 standard errors are 0.0062. */
static void check_coverage(struct test *t)
{
	enum { SAMPLES = 20000 };
	for (int n = 3; n <= 5; n++) {
		int held = 0;
		for (int i = 0; i < SAMPLES; i++) {
			double value[5];
			struct mn_summary s;
			mn_random_normals((struct mn_key){1, MN_PURPOSE_CHECK},
			                  (struct mn_counter){.epoch = (uint64_t)n, .example = (uint64_t)i}, value, (size_t)n);
			mn_summarize(value, (size_t)n, &s);
			held += s.low <= 0 && 0 <= s.high;
		}
		double share = (double)held / SAMPLES;
		CHECK(t, fabs(share - 0.95) < 0.0062, "ci95 of %d values covers the mean in %.4f of %d samples", n, share, SAMPLES);
	}
}

/* The same rows in another order give the same bits. */
static void check_order(struct test *t)
{
	enum { N = 1000 };
	double forth[N], back[N];
	struct mn_summary a, b;
	mn_random_normals((struct mn_key){2, MN_PURPOSE_CHECK}, (struct mn_counter){0}, forth, N);
	for (int i = 0; i < N; i++)
		back[i] = forth[N - 1 - i];
	mn_summarize(forth, N, &a);
	mn_summarize(back, N, &b);
	CHECK(t, memcmp(&a, &b, sizeof a) == 0, "the order of the rows does not change a bit");
}

int main(void)
{
	struct test t = {0};
	check_student(&t);
	check_numbers(&t);
	check_coverage(&t);
	check_order(&t);
	return test_end(&t);
}
