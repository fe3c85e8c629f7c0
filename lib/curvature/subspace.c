#include "subspace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mn/dense.h"
#include "mn/random.h"

enum { PIECE = 65536 };

struct job {
	const struct mn_subspace *a;
	const mn_real *x;
	const double *z;
	mn_real *out;
	bool gram; /* A'A is wanted, not only A'x */
};

static int pieces_of(const struct mn_subspace *a)
{
	return (int)((a->n + PIECE - 1) / PIECE);
}

int mn_subspace_new(struct mn_subspace *a, size_t n, int columns, uint64_t seed, struct mn_pool *pool, struct mn_error *err)
{
	*a = (struct mn_subspace){.n = n, .columns = columns, .seed = seed, .pool = pool};
	size_t bytes = (size_t)pieces_of(a) * (size_t)columns * ((size_t)columns + 1) * sizeof *a->partial;
	a->partial = malloc(bytes);
	return a->partial ? 0 : mn_fail_memory(err, "random subspace", bytes);
}

void mn_subspace_free(struct mn_subspace *a)
{
	free(a->partial);
	a->partial = NULL;
}

static void draw_row(const struct mn_subspace *a, size_t i, double *row)
{
	struct mn_key key = {a->seed, MN_PURPOSE_SHARPNESS};
	mn_random_normals(key, (struct mn_counter){.epoch = 1, .example = i}, row, (size_t)a->columns);
}

static size_t piece_end(const struct mn_subspace *a, int piece)
{
	size_t end = ((size_t)piece + 1) * PIECE;
	return end < a->n ? end : a->n;
}

static void expand_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	double row[MN_SUBSPACE_MOST];
	for (size_t i = (size_t)piece * PIECE; i < piece_end(job->a, piece); i++) {
		double sum = (double)job->x[i];
		draw_row(job->a, i, row);
		for (int j = 0; j < job->a->columns; j++)
			sum += row[j] * job->z[j];
		job->out[i] = (mn_real)sum;
	}
}

void mn_subspace_expand(const struct mn_subspace *a, const mn_real *w, const double *z, mn_real *out)
{
	struct job job = {.a = a, .x = w, .z = z, .out = out};
	mn_pool_run(a->pool, pieces_of(a), expand_piece, &job);
}

/* A'x, and where asked the upper triangle of A'A after it. */
static void project_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	int columns = job->a->columns;
	size_t stride = (size_t)columns * ((size_t)columns + 1);
	double row[MN_SUBSPACE_MOST], *sum = job->a->partial + (size_t)piece * stride, *gram = sum + columns;
	memset(sum, 0, stride * sizeof *sum);
	for (size_t i = (size_t)piece * PIECE; i < piece_end(job->a, piece); i++) {
		double x = (double)job->x[i];
		draw_row(job->a, i, row);
		for (int j = 0; j < columns; j++)
			sum[j] += x * row[j];
		for (int j = 0; job->gram && j < columns; j++)
			for (int k = j; k < columns; k++)
				gram[j * columns + k] += row[j] * row[k];
	}
}

/* Runs the pieces and sums them up in the first one's place. */
static void project(const struct mn_subspace *a, const mn_real *x, bool gram)
{
	struct job job = {.a = a, .x = x, .gram = gram};
	mn_pool_run(a->pool, pieces_of(a), project_piece, &job);
	size_t stride = (size_t)a->columns * ((size_t)a->columns + 1);
	for (int piece = 1; piece < pieces_of(a); piece++)
		for (size_t j = 0; j < stride; j++)
			a->partial[j] += a->partial[(size_t)piece * stride + j];
}

void mn_subspace_project(const struct mn_subspace *a, const mn_real *x, double *out)
{
	project(a, x, false);
	memcpy(out, a->partial, (size_t)a->columns * sizeof *out);
}

int mn_subspace_pseudoinverse(const struct mn_subspace *a, const mn_real *x, double *out, struct mn_error *err)
{
	project(a, x, true);
	memcpy(out, a->partial, (size_t)a->columns * sizeof *out);
	return mn_dense_solve(a->columns, a->partial + a->columns, out, err);
}
