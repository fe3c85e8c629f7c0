/* Counters of long runs: epoch 1,000,000, and more than 2^33 examples. */
#include <stdlib.h>
#include <string.h>

#include "mn/random.h"
#include "mn/train.h"
#include "test.h"

static int same(const int64_t *a, const int64_t *b, int64_t n)
{
	return memcmp(a, b, (size_t)n * sizeof *a) == 0;
}

/* The orders of far epochs are drawn from all 64 bits of the counter. */
static void orders(struct test *t)
{
	enum { ROWS = 100 };
	int64_t a[ROWS], b[ROWS], c[ROWS];
	struct mn_key key = {1, MN_PURPOSE_SHUFFLE};
	mn_random_permutation(key, (struct mn_counter){.epoch = 1000000}, a, ROWS);
	mn_random_permutation(key, (struct mn_counter){.epoch = 1000000 + (UINT64_C(1) << 32)}, b, ROWS);
	mn_random_permutation(key, (struct mn_counter){.epoch = 1000001}, c, ROWS);
	CHECK(t, !same(a, b, ROWS), "epoch 1,000,000 and the one 2^32 later have other orders");
	CHECK(t, !same(a, c, ROWS), "epochs 1,000,000 and 1,000,001 have other orders");
}

static void rates(struct test *t)
{
	struct mn_hyperparameters hyper = {.lr = 1, .lr_halve_every = 500000};
	CHECK_NEAR(t, mn_learning_rate(&hyper, 1000000), 0.5, 0, "the rate of epoch 1,000,000, halved every 500,000");
	hyper.lr_halve_every = INT64_C(1) << 33;
	CHECK_NEAR(t, mn_learning_rate(&hyper, (INT64_C(1) << 33) + 1), 0.5, 0, "the rate after 2^33 epochs, halved once");
	hyper.lr_halve_every = 1;
	CHECK_NEAR(t, mn_learning_rate(&hyper, INT64_C(1) << 33), 0, 0, "the rate halved 2^33 times");
}

/* Accuracies of more than 2^33 rows, one of them wrong. */
static void rows(struct test *t)
{
	const int64_t many = (INT64_C(1) << 33) + 1;
	CHECK(t, mn_reaches(0, many, 1), "no error in 2^33 + 1 rows is all right");
	CHECK(t, !mn_reaches(1, many, 1), "one error is not");
	CHECK(t, !mn_reaches(many / 2 + 1, many, 0.5), "half of them and one are less than half right");
}

int main(void)
{
	struct test t = {0};
	orders(&t);
	rates(&t);
	rows(&t);
	return test_end(&t);
}
