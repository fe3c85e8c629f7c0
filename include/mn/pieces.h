/* pieces.h - fixed cuts of work over threads.
 *
 * The caller cuts its work into pieces whose number and borders depend on the work alone,
 * never on the number of threads; each piece writes its own part of the result. Whoever runs
 * a piece, the bits are the same.
 */
#ifndef MN_PIECES_H
#define MN_PIECES_H

#include "mn/error.h"

struct mn_pool;

/* A pool of that many threads, the calling one included (1: no thread is started). Owned by the caller; NULL and err
 * on failure. A thread that waits sleeps. */
struct mn_pool *mn_pool_new(int threads, struct mn_error *err);
void mn_pool_free(struct mn_pool *pool);
int mn_pool_threads(const struct mn_pool *pool);

/* worker: 0 .. threads-1, for scratch memory that no two pieces may use at the same time. */
typedef void mn_piece_fn(void *arg, int piece, int worker);

/* Runs fn(arg, 0..pieces-1, worker), in any order; returns when all are done. Not to be called from within a piece.
 * pool may be NULL: everything runs here as worker 0. */
void mn_pool_run(struct mn_pool *pool, int pieces, mn_piece_fn *fn, void *arg);

#endif
