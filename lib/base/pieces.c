#include "mn/pieces.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct helper {
	pthread_t thread;
	struct mn_pool *pool;
	int worker;
};

struct mn_pool {
	pthread_mutex_t lock;
	pthread_cond_t work_came, work_done;
	struct helper *helper; /* threads - 1 of them */
	int threads;
	mn_piece_fn *fn; /* the present job */
	void *arg;
	int pieces, next, finished;
	bool stop;
};

/* Takes pieces until none is left. Called and returns with the lock held. */
static void take_pieces(struct mn_pool *pool, int worker)
{
	while (pool->next < pool->pieces) {
		int piece = pool->next++;
		mn_piece_fn *fn = pool->fn;
		void *arg = pool->arg;
		pthread_mutex_unlock(&pool->lock);
		fn(arg, piece, worker);
		pthread_mutex_lock(&pool->lock);
		if (++pool->finished == pool->pieces)
			pthread_cond_signal(&pool->work_done);
	}
}

static void *help(void *arg)
{
	struct helper *self = arg;
	struct mn_pool *pool = self->pool;
	pthread_mutex_lock(&pool->lock);
	while (!pool->stop) {
		take_pieces(pool, self->worker);
		if (!pool->stop)
			pthread_cond_wait(&pool->work_came, &pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

struct mn_pool *mn_pool_new(int threads, struct mn_error *err)
{
	struct mn_pool *pool = calloc(1, sizeof *pool);
	struct helper *helper = calloc((size_t)threads, sizeof *helper);
	if (!pool || !helper) {
		free(pool);
		free(helper);
		mn_fail_memory(err, "threads", sizeof *pool);
		return NULL;
	}
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work_came, NULL);
	pthread_cond_init(&pool->work_done, NULL);
	pool->helper = helper;
	pool->threads = 1;
	while (pool->threads < threads) {
		struct helper *next = &helper[pool->threads - 1];
		*next = (struct helper){.pool = pool, .worker = pool->threads};
		int failed = pthread_create(&next->thread, NULL, help, next);
		if (failed) {
			mn_fail(err, "cannot start thread %d: %s", pool->threads + 1, strerror(failed));
			mn_pool_free(pool);
			return NULL;
		}
		pool->threads++;
	}
	return pool;
}

void mn_pool_free(struct mn_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stop = true;
	pthread_cond_broadcast(&pool->work_came);
	pthread_mutex_unlock(&pool->lock);
	for (int i = 0; i + 1 < pool->threads; i++)
		pthread_join(pool->helper[i].thread, NULL);
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->work_came);
	pthread_cond_destroy(&pool->work_done);
	free(pool->helper);
	free(pool);
}

int mn_pool_threads(const struct mn_pool *pool)
{
	return pool ? pool->threads : 1;
}

void mn_pool_run(struct mn_pool *pool, int pieces, mn_piece_fn *fn, void *arg)
{
	if (!pool || pool->threads == 1 || pieces == 1) {
		for (int piece = 0; piece < pieces; piece++)
			fn(arg, piece, 0);
		return;
	}
	pthread_mutex_lock(&pool->lock);
	pool->fn = fn;
	pool->arg = arg;
	pool->pieces = pieces;
	pool->next = pool->finished = 0;
	pthread_cond_broadcast(&pool->work_came);
	take_pieces(pool, 0);
	while (pool->finished < pool->pieces)
		pthread_cond_wait(&pool->work_done, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}
