/* The products of lib/nn/tile against three loops, with every width of vectors that this processor has. */
#include <stdlib.h>

#include "../../lib/nn/tile.h"
#include "mn/random.h"
#include "test.h"

static void fill(mn_real *to, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t word[4];
		mn_random_block((struct mn_key){seed, MN_PURPOSE_CHECK}, (struct mn_counter){.element = i}, word);
		to[i] = (mn_real)(2 * mn_random_unit(word[0]) - 1);
	}
}

/* The worst error of one product; what lies beside c must stay. */
static double run(int vector, int m, int n, int outer, int inner, bool accumulate)
{
	enum { OUTER_STEP = 40, INNER_STEP = 2, BESIDE = 3 };
	int k = outer * inner, stride = n + BESIDE;
	size_t sizes[] = {(size_t)(m * 7 + outer * OUTER_STEP + inner * INNER_STEP), (size_t)(k * n), (size_t)(m * stride)};
	mn_real *a = calloc(sizes[0], sizeof *a), *b = calloc(sizes[1], sizeof *b), *c = calloc(sizes[2], sizeof *c);
	mn_real *was = calloc(sizes[2], sizeof *was), *packed = calloc(mn_tile_packed(vector, k, n), sizeof *packed);
	int *offset = calloc((size_t)m, sizeof *offset);
	fill(a, sizes[0], 1);
	fill(b, sizes[1], 2);
	fill(c, sizes[2], 3);
	fill(was, sizes[2], 3);
	for (int i = 0; i < m; i++)
		offset[i] = i * 5 % m * 7;
	mn_tile_pack(vector, k, n, b, packed);
	mn_tile_multiply(vector,
	                 &(struct mn_tile_product){m, n, outer, inner, a, offset, OUTER_STEP, INNER_STEP, packed, c, stride, accumulate});
	double worst = 0;
	for (int i = 0; i < m; i++)
		for (int j = 0; j < stride; j++) {
			double sum = accumulate || j >= n ? (double)was[i * stride + j] : 0;
			for (int l = 0; j < n && l < k; l++)
				sum += (double)a[offset[i] + l / inner * OUTER_STEP + l % inner * INNER_STEP] * (double)b[l * n + j];
			worst = fmax(worst, fabs(sum - (double)c[i * stride + j]));
		}
	free(a);
	free(b);
	free(c);
	free(was);
	free(packed);
	free(offset);
	return worst;
}

/* The same for the sum of a list, of every length up to two of the longest tiles and more. */
static double run_list(int vector)
{
	enum { LENGTH = 700, COUNT = 9 };
	static mn_real a[LENGTH + COUNT * 3], c[LENGTH + 1], was[LENGTH + 1], value[COUNT];
	int offset[COUNT];
	double worst = 0;
	fill(a, LENGTH + COUNT * 3, 4);
	fill(value, COUNT, 5);
	for (int i = 0; i < COUNT; i++)
		offset[i] = i * 5 % COUNT * 3;
	for (int length = 1; length <= LENGTH; length += length < 100 ? 1 : 37)
		for (int count = 0; count <= COUNT; count += 3) {
			fill(c, LENGTH + 1, 6);
			fill(was, LENGTH + 1, 6);
			mn_tile_gather(vector, &(struct mn_tile_list){count, offset, value}, a, length, c);
			for (int j = 0; j <= length; j++) {
				double sum = (double)was[j];
				for (int i = 0; j < length && i < count; i++)
					sum += (double)value[i] * (double)a[offset[i] + j];
				worst = fmax(worst, fabs(sum - (double)c[j]));
			}
		}
	return worst;
}

int main(void)
{
	struct test t = {0};
	static const int ms[] = {1, 5, 6, 7, 12, 31}, ns[] = {1, 3, 4, 8, 15, 16, 17, 32, 47, 48, 64, 65, 100};
	double tolerance = sizeof(mn_real) == 8 ? 1e-13 : 1e-5;
	for (int vector = 16; vector <= 64; vector *= 2) {
		if (!mn_tile_supports(vector)) {
			printf("skip - this processor has no vectors of %d bytes\n", vector);
			continue;
		}
		double worst = 0;
		int products = 0;
		for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
			for (size_t j = 0; j < sizeof ns / sizeof *ns; j++)
				for (int outer = 1; outer <= 3; outer++, products += 2) {
					worst = fmax(worst, run(vector, ms[i], ns[j], outer, 9, false));
					worst = fmax(worst, run(vector, ms[i], ns[j], outer, 1, true));
				}
		CHECK(&t, worst < tolerance, "%d products with vectors of %d bytes are the slow ones within %.2g", products, vector, worst);
		worst = run_list(vector);
		CHECK(&t, worst < tolerance, "sums of lists with vectors of %d bytes are the slow ones within %.2g", vector, worst);
	}
	CHECK(&t, mn_tile_supports(mn_tile_vector()), "vectors of %d bytes are used, and there", mn_tile_vector());
	return test_end(&t);
}
