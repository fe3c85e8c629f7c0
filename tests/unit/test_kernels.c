/* The elementwise loops, on every length up to a few vectors, against the plain loops that they stand for. */
#include <math.h>
#include <string.h>

#include "mn/kernels.h"
#include "test.h"

enum { LENGTH = 77, ROWS = 3, SIZE = LENGTH * ROWS };

static mn_real a[SIZE + 1], b[SIZE + 1], bias[LENGTH];

/* Numbers of both signs, zeros of both, and one that is none. */
static void fill(mn_real *x, int step)
{
	for (int i = 0; i <= SIZE; i++)
		x[i] = (mn_real)((i * step % 23 - 11) * 0.37);
	x[5] = (mn_real)-0.0;
	x[17] = (mn_real)NAN;
}

static bool same(mn_real x, mn_real y)
{
	return (isnan(x) && isnan(y)) || x == y;
}

static void test_bytes(struct test *t)
{
	uint8_t bytes[256];
	mn_real out[257], want[256];
	for (int i = 0; i < 256; i++) {
		bytes[i] = (uint8_t)i;
		want[i] = (mn_real)(i / 255.0);
	}
	mn_bytes_to_unit(256, bytes, out);
	CHECK(t, memcmp(out, want, sizeof want) == 0, "every byte / 255 is correctly rounded");
	bool right = true;
	for (size_t n = 0; n < 100; n++) {
		out[n] = -1;
		mn_bytes_to_unit(n, bytes + 156, out);
		right = right && memcmp(out, want + 156, n * sizeof *out) == 0 && out[n] == -1;
	}
	CHECK(t, right, "every length of bytes, and nothing beyond");
}

static void test_bias(struct test *t)
{
	bool right = true;
	for (size_t n = 1; n <= LENGTH; n++)
		for (int relu = 0; relu < 2; relu++) {
			fill(a, 7);
			memcpy(b, a, sizeof a);
			mn_add_bias(ROWS, n, bias, relu, a);
			for (size_t i = 0; i <= SIZE; i++) {
				mn_real want = i < ROWS * n ? b[i] + bias[i % n] : b[i];
				right = right && same(a[i], relu && i < ROWS * n && want < 0 ? 0 : want);
			}
		}
	CHECK(t, right, "bias and ReLU: every length, and NaN stays NaN");
}

static void test_relu(struct test *t)
{
	bool forward = true, backward = true;
	for (size_t n = 0; n <= SIZE; n++) {
		fill(a, 5);
		memcpy(b, a, sizeof a);
		mn_relu(n, a);
		for (size_t i = 0; i <= SIZE; i++)
			forward = forward && same(a[i], i < n && b[i] < 0 ? 0 : b[i]);
		mn_real d[SIZE + 1];
		fill(d, 3);
		memcpy(b, d, sizeof d);
		mn_relu_mask(n, a, d);
		for (size_t i = 0; i <= SIZE; i++)
			backward = backward && same(d[i], i >= n || a[i] > 0 ? b[i] : 0);
	}
	CHECK(t, forward, "ReLU: every length, and NaN stays NaN");
	CHECK(t, backward, "the derivative of ReLU: every length");
}

static void test_sums(struct test *t)
{
	bool right = true;
	fill(a, 9);
	a[17] = 1;
	for (size_t n = 1; n <= LENGTH; n++) {
		mn_real sum[LENGTH + 1];
		sum[n] = 42;
		mn_column_sums(ROWS, n, LENGTH, a, sum);
		for (size_t i = 0; i < n; i++)
			right = right && sum[i] == a[i] + a[LENGTH + i] + a[2 * LENGTH + i];
		right = right && sum[n] == 42;
	}
	CHECK(t, right, "column sums: every length, in the order of the rows");
}

static void test_count(struct test *t)
{
	static mn_real x[10000];
	size_t want = 0;
	bool right = mn_count_nonzero(0, x) == 0;
	for (size_t n = 1; n <= 10000; n++) {
		x[n - 1] = n % 3 == 0 ? (mn_real)-0.0 : (mn_real)(n % 5);
		want += x[n - 1] != 0;
		if (n % 97 == 0 || n < 100)
			right = right && mn_count_nonzero(n, x) == want;
	}
	CHECK(t, right, "counts of what is neither 0 nor -0");
}

int main(void)
{
	struct test t = {0};
	for (int i = 0; i < LENGTH; i++)
		bias[i] = (mn_real)(i % 5 - 2) / 4;
	test_bytes(&t);
	test_bias(&t);
	test_relu(&t);
	test_sums(&t);
	test_count(&t);
	return test_end(&t);
}
