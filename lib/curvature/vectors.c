#include "mn/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 16384, BLOCK = 64, LANES = 8 };

static int pieces_of(const struct mn_vectors *vec)
{
	return (int)((vec->n + PIECE - 1) / PIECE);
}

int mn_vectors_new(struct mn_vectors *vec, size_t n, int columns, struct mn_pool *pool, struct mn_error *err)
{
	*vec = (struct mn_vectors){.n = n, .columns = columns, .pool = pool};
	size_t partials = (size_t)pieces_of(vec) * (size_t)columns;
	size_t blocks = (size_t)mn_pool_threads(pool) * (size_t)columns * BLOCK;
	vec->partial = malloc((partials + 1) * sizeof *vec->partial);
	vec->block = malloc(blocks * sizeof *vec->block);
	if (!vec->partial || !vec->block) {
		mn_vectors_free(vec);
		return mn_fail_memory(err, "partial sums", (partials + blocks) * sizeof *vec->partial);
	}
	return 0;
}

void mn_vectors_free(struct mn_vectors *vec)
{
	free(vec->partial);
	free(vec->block);
	vec->partial = vec->block = NULL;
}

/* One job for all operations; each uses the fields that it needs. */
struct job {
	const struct mn_vectors *vec;
	const mn_real *basis, *x;
	mn_real *out;
	int columns, kept;
	const double *c;
	double factor;
	struct mn_key key;
	uint64_t number;
};

static size_t piece_length(const struct mn_vectors *vec, int piece)
{
	size_t left = vec->n - (size_t)piece * PIECE;
	return left < PIECE ? left : PIECE;
}

static double dot(const mn_real *x, const mn_real *y, size_t n)
{
	double lane[LANES] = {0};
	size_t i = 0;
	for (; i + LANES <= n; i += LANES)
		for (size_t k = 0; k < LANES; k++)
			lane[k] += (double)x[i + k] * (double)y[i + k];
	for (size_t k = 0; i < n; i++, k++)
		lane[k] += (double)x[i] * (double)y[i];
	return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
}

static void dots_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	size_t first = (size_t)piece * PIECE, length = piece_length(job->vec, piece);
	double *partial = job->vec->partial + (size_t)piece * (size_t)job->columns;
	for (int j = 0; j < job->columns; j++)
		partial[j] = dot(job->basis + (size_t)j * job->vec->n + first, job->x + first, length);
}

static void sum_partials(const struct mn_vectors *vec, int columns, double *out)
{
	memset(out, 0, (size_t)columns * sizeof *out);
	for (int piece = 0; piece < pieces_of(vec); piece++)
		for (int j = 0; j < columns; j++)
			out[j] += vec->partial[(size_t)piece * (size_t)columns + (size_t)j];
}

void mn_vectors_dots(const struct mn_vectors *vec, const mn_real *basis, int columns, const mn_real *y, double *out)
{
	struct job job = {.vec = vec, .basis = basis, .columns = columns, .x = y};
	mn_pool_run(vec->pool, pieces_of(vec), dots_piece, &job);
	sum_partials(vec, columns, out);
}

double mn_vectors_dot(const struct mn_vectors *vec, const mn_real *x, const mn_real *y)
{
	double sum;
	mn_vectors_dots(vec, x, 1, y, &sum);
	return sum;
}

double mn_vectors_norm(const struct mn_vectors *vec, const mn_real *x)
{
	return sqrt(mn_vectors_dot(vec, x, x));
}

static void combine_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	size_t end = (size_t)piece * PIECE + piece_length(job->vec, piece);
	double sum[BLOCK];
	for (size_t i = (size_t)piece * PIECE; i < end; i += BLOCK) {
		size_t length = end - i < BLOCK ? end - i : BLOCK;
		for (size_t k = 0; k < length; k++)
			sum[k] = job->factor == 0 ? 0 : job->factor * (double)job->out[i + k];
		for (int j = 0; j < job->columns; j++) {
			const mn_real *column = job->basis + (size_t)j * job->vec->n + i;
			double c = job->c[j];
			for (size_t k = 0; k < length; k++)
				sum[k] += c * (double)column[k];
		}
		for (size_t k = 0; k < length; k++)
			job->out[i + k] = (mn_real)sum[k];
	}
}

void mn_vectors_combine(const struct mn_vectors *vec, const mn_real *basis, int columns, const double *c, double keep, mn_real *y)
{
	struct job job = {.vec = vec, .basis = basis, .columns = columns, .c = c, .factor = keep, .out = y};
	mn_pool_run(vec->pool, pieces_of(vec), combine_piece, &job);
}

void mn_vectors_scale(const struct mn_vectors *vec, double factor, mn_real *x)
{
	mn_vectors_combine(vec, x, 0, NULL, factor, x);
}

static void rotate_piece(void *arg, int piece, int worker)
{
	const struct job *job = arg;
	size_t n = job->vec->n, end = (size_t)piece * PIECE + piece_length(job->vec, piece);
	double *block = job->vec->block + (size_t)worker * (size_t)job->vec->columns * BLOCK;
	for (size_t i = (size_t)piece * PIECE; i < end; i += BLOCK) {
		size_t length = end - i < BLOCK ? end - i : BLOCK;
		memset(block, 0, (size_t)job->kept * BLOCK * sizeof *block);
		for (int r = 0; r < job->kept; r++) {
			double *sum = block + (size_t)r * BLOCK;
			for (int j = 0; j < job->columns; j++) {
				const mn_real *column = job->basis + (size_t)j * n + i;
				double c = job->c[(size_t)r * (size_t)job->columns + (size_t)j];
				for (size_t k = 0; k < length; k++)
					sum[k] += c * (double)column[k];
			}
		}
		for (int r = 0; r < job->kept; r++)
			for (size_t k = 0; k < length; k++)
				job->out[(size_t)r * n + i + k] = (mn_real)block[(size_t)r * BLOCK + k];
	}
}

void mn_vectors_rotate(const struct mn_vectors *vec, mn_real *basis, int columns, const double *s, int kept)
{
	struct job job = {.vec = vec, .basis = basis, .out = basis, .columns = columns, .c = s, .kept = kept};
	mn_pool_run(vec->pool, pieces_of(vec), rotate_piece, &job);
}

static void distance_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	size_t first = (size_t)piece * PIECE, length = piece_length(job->vec, piece);
	double sum = 0;
	for (size_t i = first; i < first + length; i++) {
		double difference = (double)job->x[i] - job->factor * (double)job->basis[i];
		sum += difference * difference;
	}
	job->vec->partial[piece] = sum;
}

double mn_vectors_distance(const struct mn_vectors *vec, const mn_real *x, double a, const mn_real *y)
{
	struct job job = {.vec = vec, .x = x, .factor = a, .basis = y};
	double sum;
	mn_pool_run(vec->pool, pieces_of(vec), distance_piece, &job);
	sum_partials(vec, 1, &sum);
	return sqrt(sum);
}

static void normals_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	size_t first = (size_t)piece * PIECE, length = piece_length(job->vec, piece);
	for (size_t i = 0; i < length; i += BLOCK) {
		double normal[BLOCK];
		size_t count = length - i < BLOCK ? length - i : BLOCK;
		struct mn_counter at = {.epoch = job->number, .element = (first + i) / 4};
		mn_random_normals(job->key, at, normal, count);
		for (size_t k = 0; k < count; k++)
			job->out[first + i + k] = (mn_real)normal[k];
	}
}

void mn_vectors_normals(const struct mn_vectors *vec, struct mn_key key, uint64_t number, mn_real *out)
{
	struct job job = {.vec = vec, .key = key, .number = number, .out = out};
	mn_pool_run(vec->pool, pieces_of(vec), normals_piece, &job);
}

static void signs_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct job *job = arg;
	size_t first = (size_t)piece * PIECE, length = piece_length(job->vec, piece);
	for (size_t i = 0; i < length; i += 256) {
		uint64_t word[4];
		mn_random_block(job->key, (struct mn_counter){.epoch = job->number, .element = (first + i) / 256}, word);
		for (size_t k = 0; k < 256 && i + k < length; k++)
			job->out[first + i + k] = word[k / 64] >> (k % 64) & 1 ? 1 : -1;
	}
}

void mn_vectors_signs(const struct mn_vectors *vec, struct mn_key key, uint64_t number, mn_real *out)
{
	struct job job = {.vec = vec, .key = key, .number = number, .out = out};
	mn_pool_run(vec->pool, pieces_of(vec), signs_piece, &job);
}

void mn_vectors_direction(const struct mn_vectors *vec, struct mn_key key, uint64_t number, mn_real *out)
{
	mn_vectors_normals(vec, key, number, out);
	mn_vectors_scale(vec, 1 / mn_vectors_norm(vec, out), out);
}
