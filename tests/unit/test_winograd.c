/* Correlations with 5 x 5 windows by Winograd's way against the plain sum. */
#include <stdlib.h>

#include "../../lib/nn/tile.h"
#include "../../lib/nn/winograd.h"
#include "mn/random.h"
#include "test.h"

static mn_real *filled(size_t n, uint64_t seed)
{
	mn_real *to = calloc(n, sizeof *to);
	for (size_t i = 0; i < n; i++) {
		uint64_t word[4];
		mn_random_block((struct mn_key){seed, MN_PURPOSE_CHECK}, (struct mn_counter){.element = i}, word);
		to[i] = (mn_real)(2 * mn_random_unit(word[0]) - 1);
	}
	return to;
}

static double plain_sum(const struct mn_correlation *c, const mn_real *source, const mn_real *kernel, int y, int x, int output)
{
	double sum = 0;
	for (int tap = 0; tap < c->side * c->side; tap++)
		for (int channel = 0; channel < c->channels; channel++) {
			int i = y + tap / c->side - c->pad_top, j = x + tap % c->side - c->pad_left;
			if (i >= 0 && i < c->height && j >= 0 && j < c->width)
				sum += (double)source[(i * c->width + j) * c->channels + channel] *
				       (double)kernel[(tap * c->channels + channel) * c->outputs + output];
		}
	return sum;
}

/* The largest error, where the numbers are of order 10. What lies behind the result must stay. */
static double run(const struct mn_correlation *c, bool accumulate)
{
	size_t size = (size_t)(c->out_height * c->out_width * c->outputs);
	mn_real *source = filled((size_t)(c->height * c->width * c->channels), 1);
	mn_real *kernel = filled((size_t)(c->side * c->side * c->channels * c->outputs), 2);
	mn_real *out = filled(size + 1, 3), *was = filled(size + 1, 3);
	mn_real *packed = calloc(mn_winograd_packed(c), sizeof *packed), *scratch = filled(mn_winograd_scratch(c), 4);
	mn_winograd_pack(c, kernel, packed);
	mn_winograd(c, source, packed, accumulate, out, scratch);
	double worst = fabs((double)(out[size] - was[size]));
	for (int i = 0; i < (int)size; i++) {
		double sum = plain_sum(c, source, kernel, i / c->outputs / c->out_width, i / c->outputs % c->out_width, i % c->outputs);
		worst = fmax(worst, fabs(sum + (accumulate ? (double)was[i] : 0) - (double)out[i]));
	}
	free(source);
	free(kernel);
	free(out);
	free(was);
	free(packed);
	free(scratch);
	return worst;
}

int main(void)
{
	struct test t = {0};
	const double tolerance = sizeof(mn_real) == sizeof(double) ? 1e-12 : 2e-4;
	static const struct mn_correlation shapes[] = {
	        {.height = 14, .width = 14, .channels = 64, .pad_top = 2, .pad_left = 2, .out_height = 14, .out_width = 14, .outputs = 64},
	        {.height = 7, .width = 10, .channels = 17, .pad_top = 2, .pad_left = 2, .out_height = 7, .out_width = 10, .outputs = 19},
	        {.height = 9, .width = 8, .channels = 16, .out_height = 5, .out_width = 4, .outputs = 33},
	        {.height = 6, .width = 5, .channels = 20, .pad_top = 4, .pad_left = 3, .out_height = 10, .out_width = 7, .outputs = 16},
	};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (int vector = 16; vector <= 64; vector *= 2) {
			struct mn_correlation c = shapes[i];
			c.side = 5;
			c.spread = c.stride = 1;
			c.vector = vector;
			if (!mn_tile_supports(vector))
				continue;
			CHECK(&t, mn_winograd_suits(&c), "shape %zu suits", i);
			double worst = fmax(run(&c, false), run(&c, true));
			CHECK(&t, worst < tolerance, "%d x %d x %d to %d x %d x %d, vectors of %d bytes: the plain sums within %.2g",
			      c.height, c.width, c.channels, c.out_height, c.out_width, c.outputs, vector, worst);
		}
	return test_end(&t);
}
