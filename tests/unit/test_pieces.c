/* The same pieces give the same bits for any number of threads. */
#include "mn/pieces.h"

#include <stdatomic.h>
#include <string.h>

#include "test.h"

enum { PIECES = 1000, MOST_THREADS = 4 };

struct job {
	double part[PIECES];
	atomic_int calls[PIECES];
	atomic_int in_use[MOST_THREADS]; /* by worker */
	atomic_int broken;
	int threads;
};

static void add_up(void *arg, int piece, int worker)
{
	struct job *job = arg;
	if (worker < 0 || worker >= job->threads || atomic_fetch_add(&job->in_use[worker], 1) != 0) {
		atomic_fetch_add(&job->broken, 1);
		return;
	}
	double sum = 0;
	for (int i = 1; i <= 200; i++)
		sum += 1.0 / (piece * 200 + i);
	job->part[piece] = sum;
	atomic_fetch_add(&job->calls[piece], 1);
	atomic_fetch_sub(&job->in_use[worker], 1);
}

static double run(struct job *job, struct mn_pool *pool, int pieces)
{
	memset(job, 0, sizeof *job);
	job->threads = mn_pool_threads(pool);
	mn_pool_run(pool, pieces, add_up, job);
	double sum = 0;
	for (int i = 0; i < pieces; i++)
		sum += job->part[i];
	return sum;
}

static bool each_once(const struct job *job, int pieces)
{
	bool once = job->broken == 0;
	for (int i = 0; i < PIECES; i++)
		once = once && job->calls[i] == (i < pieces);
	return once;
}

int main(void)
{
	struct test t = {0};
	static struct job job;
	double alone = run(&job, NULL, PIECES);
	CHECK(&t, mn_pool_threads(NULL) == 1 && each_once(&job, PIECES), "without a pool every piece runs here, once");
	/* The harmonic sum of 200000 terms: ln n + gamma + 1/2n. */
	CHECK_NEAR(&t, alone, log(200000.0) + 0.57721566490153286 + 1 / 400000.0, 1e-9, "sum over the pieces");
	for (int threads = 1; threads <= MOST_THREADS; threads++) {
		struct mn_error err = {0};
		struct mn_pool *pool = mn_pool_new(threads, &err);
		if (!CHECK(&t, pool && mn_pool_threads(pool) == threads, "a pool of %d threads %s", threads, err.text))
			continue;
		bool same = true, once = true;
		for (int i = 0; i < 50; i++) {
			double sum = run(&job, pool, PIECES);
			same = same && memcmp(&sum, &alone, sizeof sum) == 0;
			once = once && each_once(&job, PIECES);
		}
		CHECK(&t, same, "%d threads give the bits of one, fifty times", threads);
		CHECK(&t, once, "%d threads run each piece once, a worker one piece at a time", threads);
		for (int pieces = 0; pieces <= 3; pieces++) {
			run(&job, pool, pieces);
			once = once && each_once(&job, pieces);
		}
		CHECK(&t, once, "%d threads do few pieces, or none", threads);
		mn_pool_free(pool);
	}
	mn_pool_free(NULL);
	return test_end(&t);
}
