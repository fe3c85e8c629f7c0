/* Products with lists against plain loops: shapes on both sides of every block, all of the forms that scale and keep take; and a network
 * whose pixels are mostly zero against one step written out. */
#include <math.h>
#include <string.h>

#include "mn/lists.h"
#include "mn/random.h"
#include "nets.h"
#include "test.h"

static const double exact = sizeof(mn_real) == 4 ? 1e-5 : 1e-13;

struct shape {
	int rows, columns, out;
};

static const struct shape shapes[] = {
        {1, 1, 64}, {3, 5, 64}, {128, 784, 64}, {7, 129, 65}, {130, 300, 63}, {64, 127, 200}, {33, 784, 130}, {1024, 20, 64}, {5, 256, 127},
};

/* Random numbers, a part of them zero. */
static mn_real *numbers(size_t n, double zero, uint64_t seed)
{
	mn_real *x = calloc(n + 1, sizeof *x);
	for (size_t i = 0; i < n; i++) {
		uint64_t word[4];
		mn_random_block((struct mn_key){seed, MN_PURPOSE_CHECK}, (struct mn_counter){.element = i}, word);
		x[i] = mn_random_unit(word[0]) < zero ? 0 : (mn_real)(mn_random_unit(word[1]) - 0.5);
	}
	return x;
}

static double difference(size_t n, const mn_real *a, const mn_real *b)
{
	double worst = 0;
	for (size_t i = 0; i < n; i++)
		worst = fmax(worst, fabs((double)a[i] - (double)b[i]));
	return worst;
}

/* y = beta y + x w' */
static void times_plainly(const struct shape *s, const mn_real *x, const mn_real *w, mn_real beta, mn_real *y)
{
	for (int i = 0; i < s->rows; i++)
		for (int o = 0; o < s->out; o++) {
			double sum = 0;
			for (int j = 0; j < s->columns; j++)
				sum += (double)x[i * s->columns + j] * w[o * s->columns + j];
			y[i * s->out + o] = (mn_real)(sum + (beta == 0 ? 0 : (double)beta * y[i * s->out + o]));
		}
}

/* to = keep to + scale d' x */
static void outer_plainly(const struct shape *s, const mn_real *x, const mn_real *d, mn_real scale, mn_real keep, mn_real *to)
{
	for (int o = 0; o < s->out; o++)
		for (int j = 0; j < s->columns; j++) {
			double sum = 0;
			for (int i = 0; i < s->rows; i++)
				sum += (double)x[i * s->columns + j] * d[i * s->out + o];
			mn_real *at = &to[o * s->columns + j];
			*at = (mn_real)(scale * sum + (keep == 0 ? 0 : (double)keep * *at));
		}
}

static void test_shape(struct test *t, const struct shape *s, struct mn_pool *pool)
{
	size_t inputs = (size_t)(s->rows * s->columns), outputs = (size_t)(s->rows * s->out), weights = (size_t)(s->out * s->columns);
	mn_real *x = numbers(inputs, 0.8, 1), *w = numbers(weights, 0, 2), *d = numbers(outputs, 0, 3);
	mn_real *y = numbers(outputs, 0, 4), *want = calloc(outputs, sizeof *want), *to = calloc(weights, sizeof *to);
	mn_real *state = calloc((size_t)s->rows * mn_lists_state(s->columns), sizeof *state);
	mn_real *shared = calloc(mn_lists_shared(s->columns), sizeof *shared);
	mn_real *scratch[] = {calloc(mn_lists_scratch(), sizeof *x), calloc(mn_lists_scratch(), sizeof *x)};
	struct mn_lists lists = mn_lists_at(s->rows, s->columns, state, shared);
	mn_lists_find(&lists, 1 << 20, x);
	if (CHECK(t, mn_lists_is(&lists) || s->columns == 1, "%d x %d: lists are made", s->rows, s->columns) && mn_lists_is(&lists)) {
		double worst = 0;
		for (int i = 0; i < 3; i++) {
			mn_real beta = (mn_real[]){0, 1, (mn_real)0.5}[i];
			memcpy(want, y, outputs * sizeof *y);
			times_plainly(s, x, w, beta, want);
			mn_lists_times(&lists, pool, scratch, s->out, w, beta, y);
			worst = fmax(worst, difference(outputs, y, want));
		}
		CHECK(t, worst < exact, "%d x %d to %d: x w', off by %.2g", s->rows, s->columns, s->out, worst);
		for (int i = 0; i < 3; i++) {
			mn_real keep = (mn_real[]){0, 1, (mn_real)0.9}[i];
			memcpy(to, w, weights * sizeof *w);
			outer_plainly(s, x, d, (mn_real)-0.1, keep, to);
			mn_lists_outer(&lists, pool, scratch, s->out, (mn_real)-0.1, d, keep, w);
			worst = fmax(worst, difference(weights, w, to));
		}
		CHECK(t, worst < exact, "%d x %d to %d: d' x, off by %.2g", s->rows, s->columns, s->out, worst);
	}
	for (size_t i = 0; i < 2; i++)
		free(scratch[i]);
	free(x);
	free(w);
	free(d);
	free(y);
	free(want);
	free(to);
	free(state);
	free(shared);
}

/* Dense batches, and those of too many rows, are left to OpenBLAS. */
static void test_refused(struct test *t)
{
	enum { COLUMNS = 40, MANY = 1025 };
	mn_real *dense = numbers(MANY * COLUMNS, 0, 1), *zeros = calloc(MANY * COLUMNS, sizeof *zeros);
	mn_real *state = calloc(MANY * mn_lists_state(COLUMNS), sizeof *state);
	mn_real *shared = calloc(mn_lists_shared(COLUMNS), sizeof *shared);
	struct mn_lists lists = mn_lists_at(100, COLUMNS, state, shared);
	mn_lists_find(&lists, 512, dense);
	CHECK(t, !mn_lists_is(&lists), "a batch without zeros has no lists");
	mn_lists_find(&lists, 512, zeros);
	CHECK(t, mn_lists_is(&lists) && *lists.entries == 0, "a batch of zeros has empty ones");
	memset(dense, 0, 50 * COLUMNS * sizeof *dense);
	mn_lists_find(&lists, 512, dense);
	CHECK(t, mn_lists_is(&lists) && *lists.entries == 50 * COLUMNS, "a batch whose first half is zero has lists of the other");
	lists = mn_lists_at(MANY, COLUMNS, state, shared);
	mn_lists_find(&lists, 512, zeros);
	CHECK(t, !mn_lists_is(&lists), "more rows than there is room for have none");
	free(dense);
	free(zeros);
	free(state);
	free(shared);
}

/* The first layer of a network: its output, and the gradient from the deltas that the network itself found. */
static void test_network(struct test *t)
{
	struct small_net s;
	struct mn_error err = {0};
	const struct shape shape = {50, 81, 70};
	if (!CHECK(t, small_net_new(&s, "mlp:70", (struct mn_shape){1, 9, 9}, 10, shape.rows, NULL, &err) == 0, "a network %s", err.text))
		return;
	mn_real *x = numbers((size_t)(shape.rows * shape.columns), 0.8, 5), *want = calloc(70 * 81, sizeof *want);
	memcpy(s.x, x, (size_t)(shape.rows * shape.columns) * sizeof *x);
	small_net_loss(&s, s.w, s.g);
	struct mn_lists lists = mn_lists_at(shape.rows, shape.columns, s.ws.state[0], s.ws.shared[0]);
	CHECK(t, mn_lists_is(&lists), "the network makes lists");
	outer_plainly(&shape, x, s.ws.d[1], 1, 0, want);
	CHECK(t, difference(70 * 81, s.g, want) < exact, "its gradient is that of the plain loop");
	times_plainly(&shape, x, s.w, 0, want);
	const mn_real *bias = s.w + s.net.parameter[1].offset;
	double worst = 0;
	for (int i = 0; i < shape.rows * shape.out; i++)
		worst = fmax(worst, fabs(fmax(want[i] + bias[i % shape.out], 0) - s.ws.y[1][i]));
	CHECK(t, worst < exact, "and so is its output");
	free(x);
	free(want);
	small_net_free(&s);
}

int main(void)
{
	struct test t = {0};
	struct mn_error err = {0};
	struct mn_pool *pool = mn_pool_new(2, &err);
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		test_shape(&t, &shapes[i], i % 2 ? pool : NULL);
	test_refused(&t);
	test_network(&t);
	mn_pool_free(pool);
	return test_end(&t);
}
