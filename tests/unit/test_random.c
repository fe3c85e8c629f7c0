/* Philox4x64-10 against Random123's own known answers (kat_vectors), and what is made of its words. */
#include "mn/random.h"

#include <math.h>
#include <Random123/philox.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

struct answer {
	uint64_t counter[4], key[2], out[4];
};

static const struct answer answers[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
        {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX},
         {UINT64_MAX, UINT64_MAX},
         {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
        {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
         {0x452821e638d01377, 0xbe5466cf34e90c6c},
         {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
};

static void test_known_answers(struct test *t)
{
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		const struct answer *a = &answers[i];
		philox4x64_ctr_t c;
		philox4x64_key_t k;
		memcpy(c.v, a->counter, sizeof a->counter);
		memcpy(k.v, a->key, sizeof a->key);
		philox4x64_ctr_t r = philox4x64(c, k);
		CHECK(t, memcmp(r.v, a->out, sizeof a->out) == 0, "philox4x64-10 gives known answer %zu", i + 1);
	}
	uint64_t word[4];
	mn_random_block((struct mn_key){0}, (struct mn_counter){0}, word);
	CHECK(t, memcmp(word, answers[0].out, sizeof word) == 0, "a block is philox4x64-10 of key and counter");
	philox4x64_ctr_t c = {{2, 3, 4, 5}};
	philox4x64_key_t k = {{1, MN_PURPOSE_INIT}};
	philox4x64_ctr_t r = philox4x64(c, k);
	mn_random_block((struct mn_key){1, MN_PURPOSE_INIT}, (struct mn_counter){.epoch = 2, .example = 3, .element = 4, .layer = 5}, word);
	CHECK(t, memcmp(word, r.v, sizeof word) == 0, "key is (seed, purpose), counter (epoch, example, element, layer)");
}

static void test_unit_and_below(struct test *t)
{
	CHECK(t, mn_random_unit(0) == 0 && mn_random_unit(UINT64_MAX) == 1 - 0x1p-53, "units go from 0 to just below 1");
	CHECK(t, mn_random_below(0, 10) == 0 && mn_random_below(UINT64_MAX, 10) == 9, "integers below 10 go from 0 to 9");
	CHECK(t, mn_random_below(UINT64_MAX, UINT64_MAX) == UINT64_MAX - 1, "the largest range does not overflow");

	enum { N = 100000, BINS = 10 };
	double sum = 0, squares = 0, chi = 0;
	int bin[BINS] = {0};
	for (uint64_t i = 0; i < N / 4; i++) {
		uint64_t word[4];
		mn_random_block((struct mn_key){7, MN_PURPOSE_CHECK}, (struct mn_counter){.element = i}, word);
		for (int j = 0; j < 4; j++) {
			double u = mn_random_unit(word[j]);
			sum += u;
			squares += u * u;
			bin[mn_random_below(word[j], BINS)]++;
		}
	}
	for (int i = 0; i < BINS; i++)
		chi += pow(bin[i] - N / (double)BINS, 2) / (N / (double)BINS);
	/* Four standard errors; the 0.999 quantile of chi-square with 9 degrees of freedom. */
	CHECK_NEAR(t, sum / N, 0.5, 4 * sqrt(1.0 / 12 / N), "mean of units");
	CHECK_NEAR(t, squares / N, 1.0 / 3, 4 * sqrt(4.0 / 45 / N), "second moment of units");
	CHECK(t, chi < 27.88, "ten bins of integers are even: chi-square %.2f", chi);
}

static void test_normals(struct test *t)
{
	enum { N = 200000 };
	static double x[N], part[7];
	struct mn_key key = {3, MN_PURPOSE_CHECK};
	struct mn_counter at = {.epoch = 1, .element = 5};
	double moment[5] = {0}, pairs = 0;
	mn_random_normals(key, at, x, N);
	for (int i = 0; i < N; i++) {
		for (int p = 1; p <= 4; p++)
			moment[p] += pow(x[i], p) / N;
		pairs += i ? x[i] * x[i - 1] / N : 0;
	}
	CHECK_NEAR(t, moment[1], 0, 4 * sqrt(1.0 / N), "mean of normals");
	CHECK_NEAR(t, moment[2], 1, 4 * sqrt(2.0 / N), "variance of normals");
	CHECK_NEAR(t, moment[3], 0, 4 * sqrt(15.0 / N), "third moment of normals");
	CHECK_NEAR(t, moment[4], 3, 4 * sqrt(96.0 / N) / 3, "fourth moment of normals");
	CHECK_NEAR(t, pairs, 0, 4 * sqrt(1.0 / N), "neighbours do not correlate");

	at.element += 2;
	mn_random_normals(key, at, part, 7);
	CHECK(t, memcmp(part, x + 8, sizeof part) == 0, "element i comes from counter i / 4, wherever one begins");
}

static void test_permutations(struct test *t)
{
	enum { N = 1000, SMALL = 3, TRIES = 6000 };
	static int64_t order[N], longer[2 * N];
	bool seen[N] = {false};
	int distinct = 0;
	struct mn_key key = {11, MN_PURPOSE_SHUFFLE};
	struct mn_counter at = {.epoch = 4};
	mn_random_permutation(key, at, order, N);
	for (int i = 0; i < N; i++) {
		distinct += !seen[order[i]];
		seen[order[i]] = true;
	}
	CHECK(t, distinct == N, "a permutation holds every row once");

	/* Position i is settled by draw i alone: the draws replayed give the same prefix. */
	bool same = true;
	for (int i = 0; i < 2 * N; i++)
		longer[i] = i;
	for (int i = 0; i < 100; i++) {
		uint64_t word[4];
		mn_random_block(key, (struct mn_counter){.epoch = 4, .element = (uint64_t)i}, word);
		int64_t j = i + (int64_t)mn_random_below(word[0], (uint64_t)(N - i)), kept = longer[i];
		longer[i] = longer[j];
		longer[j] = kept;
		same = same && longer[i] == order[i];
	}
	CHECK(t, same, "a prefix needs only its own draws, so that longer prefixes extend it");

	int count[SMALL * SMALL * SMALL] = {0};
	double chi = 0;
	for (int i = 0; i < TRIES; i++) {
		int64_t p[SMALL];
		mn_random_permutation(key, (struct mn_counter){.example = (uint64_t)i}, p, SMALL);
		count[9 * p[0] + 3 * p[1] + p[2]]++;
	}
	for (int i = 0; i < SMALL * SMALL * SMALL; i++)
		chi += count[i] ? pow(count[i] - TRIES / 6.0, 2) / (TRIES / 6.0) : 0;
	/* 0.999 quantile of chi-square with 5 degrees of freedom. */
	CHECK(t, chi < 20.52, "the six orders of three rows are equally frequent: chi-square %.2f", chi);
	int64_t one = -1;
	mn_random_permutation(key, at, &one, 1);
	CHECK(t, one == 0, "a permutation of one row");
}

int main(void)
{
	struct test t = {0};
	test_known_answers(&t);
	test_unit_and_below(&t);
	test_normals(&t);
	test_permutations(&t);
	return test_end(&t);
}
