/* Input transforms: the published values of per-image whitening, the moments of standard, the place of the crop. */
#include <string.h>

#include "mn/input.h"
#include "test.h"

static const double exact = sizeof(mn_real) == 4 ? 1e-6 : 1e-12;

static struct mn_input parsed(struct test *t, const char *text)
{
	struct mn_input input;
	struct mn_error err = {0};
	CHECK(t, mn_input_parse(&input, text, &err) == 0, "'%s' is a transform %s", text, err.text);
	return input;
}

static void fill(const struct mn_input *input, const struct mn_images *images, int count, bool flat, mn_real *out)
{
	mn_input_fill(input, images, NULL, 0, count, flat, NULL, out);
}

/* TensorFlow documents per_image_standardization of 1 .. 12 as a 2 x 2 x 3 image, [H, W, C], by its result. */
static void test_whiten_golden(struct test *t)
{
	float pixels[12];
	for (int i = 0; i < 12; i++)
		pixels[i % 3 * 4 + i / 3] = (float)(i + 1); /* [C, H, W] */
	struct mn_images images = {.pixels = pixels, .rows = 1, .shape = {3, 2, 2}};
	struct mn_input whiten = parsed(t, "whiten");
	mn_real map[12], flat[12];
	fill(&whiten, &images, 1, false, map);
	fill(&whiten, &images, 1, true, flat);
	CHECK_NEAR(t, map[0], -1.593255, 1e-6, "whiten: the documented first value");
	CHECK_NEAR(t, map[1], -1.3035723, 1e-6, "whiten: the documented second value");
	CHECK_NEAR(t, map[11], 1.593255, 1e-6, "whiten: the documented last value");
	double sum = 0, squares = 0;
	bool same = true;
	for (int i = 0; i < 12; i++) {
		sum += map[i];
		squares += (double)map[i] * map[i];
		same &= map[i] == flat[i % 3 * 4 + i / 3];
	}
	CHECK(t, fabs(sum) < 1e-5 && fabs(squares - 12) < 1e-5, "whiten: mean 0, variance 1 over all channels together");
	CHECK(t, same, "flat is the same numbers in C, H, W order");
}

static void test_whiten_floor(struct test *t)
{
	/* A constant image, and one whose deviation (0.001) is below 1/sqrt(16) = 0.25. */
	float pixels[32];
	for (int i = 0; i < 16; i++) {
		pixels[i] = 0.7f;
		pixels[16 + i] = 0.5f + (i % 2 ? 0.001f : -0.001f);
	}
	struct mn_images images = {.pixels = pixels, .rows = 2, .shape = {1, 4, 4}};
	struct mn_input whiten = parsed(t, "whiten");
	mn_real out[32];
	fill(&whiten, &images, 2, true, out);
	bool zero = true;
	for (int i = 0; i < 16; i++)
		zero &= fabs((double)out[i]) < 1e-6;
	CHECK(t, zero, "whiten: a constant image becomes zeros");
	CHECK_NEAR(t, out[17], 0.001 / 0.25, 1e-6, "whiten: a small deviation is raised to 1 / sqrt(pixels)");
}

static void test_unit_and_standard(struct test *t)
{
	uint8_t bytes[8] = {0, 51, 102, 255, 0, 0, 153, 204};
	float floats[8];
	double mean = 0, variance = 0;
	for (int i = 0; i < 8; i++) {
		floats[i] = (float)(bytes[i] / 255.0);
		mean += bytes[i] / 255.0 / 8;
	}
	for (int i = 0; i < 8; i++)
		variance += (bytes[i] / 255.0 - mean) * (bytes[i] / 255.0 - mean) / 8;
	struct mn_images as_bytes = {.pixels = bytes, .bytes = true, .rows = 2, .shape = {1, 2, 2}};
	struct mn_images as_floats = {.pixels = floats, .rows = 2, .shape = {1, 2, 2}};
	struct mn_input unit = parsed(t, "unit"), standard = parsed(t, "standard");
	mn_real a[8], b[8];
	fill(&unit, &as_bytes, 2, true, a);
	fill(&unit, &as_floats, 2, true, b);
	CHECK_NEAR(t, a[3], 1, exact, "unit: byte 255 is 1");
	CHECK_NEAR(t, a[1], 0.2, exact, "unit: byte 51 is 0.2");
	CHECK_NEAR(t, b[1], 0.2, 1e-6, "unit: floats are taken as they are");
	CHECK(t, !mn_input_needs_fit(&unit) && mn_input_needs_fit(&standard), "standard alone measures the training set");
	mn_input_fit(&standard, &as_bytes);
	CHECK_NEAR(t, standard.mean, mean, 1e-14, "standard: the mean of all pixels");
	CHECK_NEAR(t, standard.sd, sqrt(variance), 1e-14, "standard: their standard deviation");
	fill(&standard, &as_bytes, 2, true, a);
	CHECK_NEAR(t, a[6], (0.6 - mean) / sqrt(variance), exact, "standard: (x - mean) / sd");
	uint8_t same[4] = {9, 9, 9, 9};
	mn_input_fit(&standard, &(struct mn_images){.pixels = same, .bytes = true, .rows = 1, .shape = {1, 2, 2}});
	CHECK_NEAR(t, standard.sd, 1, 0, "standard: pixels that are all the same are divided by 1");
}

static void test_crop(struct test *t)
{
	enum { SIDE = 32, PIXELS = 2 * SIDE * SIDE };
	static float pixels[2 * PIXELS];
	for (int i = 0; i < 2 * PIXELS; i++)
		pixels[i] = (float)i;
	struct mn_images images = {.pixels = pixels, .rows = 2, .shape = {2, SIDE, SIDE}};
	struct mn_input crop = parsed(t, "crop28");
	struct mn_shape out;
	struct mn_error err = {0};
	CHECK(t, mn_input_shape(&crop, images.shape, &out, &err) == 0 && out.channels == 2 && out.height == 28 && out.width == 28,
	      "crop28: the shape");
	static mn_real flat[2 * 2 * 28 * 28];
	fill(&crop, &images, 2, true, flat);
	CHECK(t, flat[0] == 2 * SIDE + 2 && flat[27] == 2 * SIDE + 29 && flat[28] == 3 * SIDE + 2, "crop28: two pixels off each side");
	CHECK(t, flat[28 * 28] == SIDE * SIDE + 2 * SIDE + 2, "crop28: of each channel");
	CHECK(t, flat[2 * 28 * 28] == PIXELS + 2 * SIDE + 2, "crop28: of each image");
	int64_t row[] = {1};
	mn_input_fill(&crop, &images, row, 0, 1, true, NULL, flat);
	CHECK(t, flat[0] == PIXELS + 2 * SIDE + 2, "rows may be chosen by number");
	struct mn_input both = parsed(t, "crop28,whiten");
	fill(&both, &images, 1, true, flat);
	double sum = 0;
	for (int i = 0; i < 2 * 28 * 28; i++)
		sum += flat[i];
	CHECK_NEAR(t, sum / (2 * 28 * 28), 0, 1e-4, "crop28,whiten: the mean is that of the crop");
	CHECK(t, mn_input_shape(&crop, (struct mn_shape){1, 28, 27}, &out, &err) != 0, "a smaller image is refused: %s", err.text);
}

static void test_refusals(struct test *t)
{
	const char *const wrong[] = {
	        "", "units", "unit,", ",unit", "whiten,crop28", "standard,whiten", "unit,unit,unit,unit,unit,unit,unit,unit,unit"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct mn_input input;
		struct mn_error err = {0};
		CHECK(t, mn_input_parse(&input, wrong[i], &err) == -1 && err.status == MN_EXIT_MISUSED, "'%s' is refused: %s", wrong[i],
		      err.text);
	}
}

int main(void)
{
	struct test t = {0};
	test_whiten_golden(&t);
	test_whiten_floor(&t);
	test_unit_and_standard(&t);
	test_crop(&t);
	test_refusals(&t);
	return test_end(&t);
}
