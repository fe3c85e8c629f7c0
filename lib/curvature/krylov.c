#include "krylov.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mn/dense.h"

int mn_krylov_new(struct mn_krylov *k, struct mn_operator *op, int capacity, struct mn_pool *pool, struct mn_error *err)
{
	*k = (struct mn_krylov){.op = op, .capacity = capacity};
	if (mn_vectors_new(&k->vec, op->n, capacity, pool, err))
		return -1;
	size_t side = (size_t)capacity;
	k->basis = malloc(side * op->n * sizeof *k->basis);
	k->t = calloc(side * side, sizeof *k->t);
	k->s = calloc(side * side, sizeof *k->s);
	k->ritz = calloc(4 * side, sizeof *k->ritz);
	if (!k->basis || !k->t || !k->s || !k->ritz) {
		mn_krylov_free(k);
		return mn_fail_memory(err, "basis vectors", side * op->n * sizeof *k->basis);
	}
	k->residual = k->ritz + side;
	k->h = k->residual + side;
	k->again = k->h + side;
	return 0;
}

void mn_krylov_free(struct mn_krylov *k)
{
	mn_vectors_free(&k->vec);
	free(k->basis);
	free(k->t);
	free(k->s);
	free(k->ritz);
	*k = (struct mn_krylov){0};
}

mn_real *mn_krylov_column(const struct mn_krylov *k, int j)
{
	return k->basis + (size_t)j * k->op->n;
}

/* Makes w orthogonal to the first columns; h gets the coefficients. Returns what is left of its length. Twice is enough (Parlett 1980),
 * unless nearly all of it was cancelled. */
static double orthogonalize(struct mn_krylov *k, int columns, mn_real *w)
{
	double before = mn_vectors_norm(&k->vec, w), left = before;
	memset(k->h, 0, (size_t)columns * sizeof *k->h);
	for (int pass = 0; pass < 4 && left > 0; pass++) {
		mn_vectors_dots(&k->vec, k->basis, columns, w, k->again);
		for (int j = 0; j < columns; j++) {
			k->h[j] += k->again[j];
			k->again[j] = -k->again[j];
		}
		mn_vectors_combine(&k->vec, k->basis, columns, k->again, 1, w);
		left = mn_vectors_norm(&k->vec, w);
		if (pass > 0 && left > before / 2)
			break;
		before = left;
	}
	return left;
}

void mn_krylov_start(struct mn_krylov *k, struct mn_key key, uint64_t number, bool mixed)
{
	mn_real *first = mn_krylov_column(k, k->locked), *random = mixed ? mn_krylov_column(k, k->locked + 1) : first;
	mn_vectors_direction(&k->vec, key, number, random);
	if (mixed)
		mn_vectors_combine(&k->vec, random, 1, &(double){1}, 1, first);
	/* A few elements may coincide with the locked vectors almost wholly: normalize, then clean what rounding left. */
	for (int pass = 0; pass < 2; pass++)
		mn_vectors_scale(&k->vec, 1 / orthogonalize(k, k->locked, first), first);
	k->active = k->steps = 0;
	k->invariant = false;
}

int mn_krylov_step(struct mn_krylov *k, struct mn_error *err)
{
	mn_real *q = mn_krylov_column(k, k->locked + k->active), *w = mn_krylov_column(k, k->locked + k->active + 1);
	if (mn_operator_apply(k->op, q, w, err))
		return -1;
	double size = mn_vectors_norm(&k->vec, w);
	if (!isfinite(size))
		return mn_fail(err, "product %lld with the operator is not finite", (long long)k->op->products);
	k->beta = orthogonalize(k, k->locked + k->active + 1, w);
	for (int i = 0; i <= k->active; i++)
		k->t[i * k->capacity + k->active] = k->t[k->active * k->capacity + i] = k->h[k->locked + i];
	k->active++;
	k->steps++;
	double rounding = sizeof(mn_real) == sizeof(float) ? FLT_EPSILON : DBL_EPSILON;
	bool exhausted = (size_t)k->locked + (size_t)k->active == k->op->n;
	k->invariant = exhausted || k->beta <= 8 * rounding * fmax(k->scale, size);
	if (!k->invariant)
		mn_vectors_scale(&k->vec, 1 / k->beta, w);
	return 0;
}

int mn_krylov_ritz(struct mn_krylov *k, struct mn_error *err)
{
	int m = k->active;
	for (int i = 0; i < m; i++)
		memcpy(k->s + i * m, k->t + i * k->capacity, (size_t)m * sizeof *k->s);
	if (mn_dense_eigen(m, k->s, k->ritz, err))
		return -1;
	for (int i = 0; i < m; i++) {
		k->residual[i] = k->beta * fabs(k->s[i * m + m - 1]);
		k->scale = fmax(k->scale, fabs(k->ritz[i]));
	}
	return 0;
}

void mn_krylov_extract(struct mn_krylov *k, const int *pair, int count, int mixed)
{
	/* T is not needed any more: its memory takes the coefficients. */
	int m = k->active;
	for (int i = 0; i < count; i++)
		memcpy(k->t + i * m, k->s + pair[i] * m, (size_t)m * sizeof *k->t);
	double *sum = k->t + count * m;
	if (mixed)
		memset(sum, 0, (size_t)m * sizeof *sum);
	for (int i = 0; i < mixed; i++)
		for (int j = 0; j < m; j++)
			sum[j] += k->s[pair[count + i] * m + j] / sqrt(mixed);
	mn_vectors_rotate(&k->vec, mn_krylov_column(k, k->locked), m, k->t, count + (mixed > 0));
}

void mn_krylov_restart(struct mn_krylov *k, const int *pair, int count)
{
	mn_krylov_extract(k, pair, count, 0);
	memcpy(mn_krylov_column(k, k->locked + count), mn_krylov_column(k, k->locked + k->active), k->op->n * sizeof *k->basis);
	memset(k->t, 0, (size_t)k->capacity * (size_t)k->capacity * sizeof *k->t);
	for (int i = 0; i < count; i++)
		k->t[i * k->capacity + i] = k->ritz[pair[i]];
	k->active = count;
}
