/* mn_corrupt: exact counts, nesting, contents that do not depend on the fraction, distributions, masks, refusals. */
#include <stdlib.h>
#include <string.h>

#include "mn/corrupt.h"
#include "mn/random.h"
#include "test.h"

enum { CHANNELS = 2, HEIGHT = 4, WIDTH = 5, PLACES = HEIGHT * WIDTH, PIXELS = CHANNELS * PLACES, CLASSES = 10 };

/* Pixels 1 + j of row i are distinct within a row where `distinct`; else random with a mean of their own for each pixel, and a constant
 * pixel 0. */
static void make_data(struct test *t, struct mn_dataset *data, int64_t rows, bool distinct)
{
	struct mn_error err = {0};
	struct mn_stream stream;
	int64_t shape[] = {rows, CHANNELS, HEIGHT, WIDTH};
	bool made = mn_stream_new(&stream, "made", &err) == 0 && mn_stream_add(&stream, "images", MN_U8, 4, shape, &err) &&
	            mn_stream_add(&stream, "labels", MN_U8, 1, shape, &err) && mn_stream_add(&stream, "index", MN_I64, 1, shape, &err) &&
	            mn_stream_set(&stream, "kind", "dataset", &err) == 0 && mn_stream_set(&stream, "classes", "10", &err) == 0;
	if (!made) {
		CHECK(t, false, "a data set can be made: %s", err.text);
		exit(1);
	}
	uint8_t *image = mn_stream_find(&stream, "images")->data, *label = mn_stream_find(&stream, "labels")->data;
	int64_t *index = mn_stream_find(&stream, "index")->data;
	for (int64_t i = 0; i < rows; i++) {
		uint64_t word[4];
		index[i] = 1000 + i;
		label[i] = (uint8_t)(i % CLASSES);
		for (int j = 0; j < PIXELS; j++) {
			mn_random_block((struct mn_key){7, MN_PURPOSE_CHECK},
			                (struct mn_counter){.example = (uint64_t)i, .element = (uint64_t)j}, word);
			uint8_t x = (uint8_t)(3 * j + (int)mn_random_below(word[0], 100));
			image[i * PIXELS + j] = (uint8_t)(distinct ? j + i % 100 : j == 0 ? 17 : x);
		}
	}
	if (mn_dataset_adopt(data, &stream, &err)) {
		CHECK(t, false, "the data set is taken: %s", err.text);
		exit(1);
	}
}

/* A made data set, corrupted. */
static struct mn_corrupted corrupted(struct test *t, struct mn_dataset *data, int64_t rows, bool distinct, struct mn_corruption how)
{
	struct mn_error err = {0};
	struct mn_corrupted done = {0};
	make_data(t, data, rows, distinct);
	if (mn_corrupt(data, &how, NULL, &done, &err))
		CHECK(t, false, "the data set is corrupted: %s", err.text);
	return done;
}

static int64_t count_ones(const uint8_t *mask, int64_t rows)
{
	int64_t ones = 0;
	for (int64_t i = 0; i < rows; i++)
		ones += mask[i];
	return ones;
}

static void test_counts(struct test *t)
{
	static const struct {
		double fraction;
		int64_t rows, want;
	} cases[] = {{0, 7, 0},       {1, 7, 7},         {0.5, 5, 3},        {0.25, 10, 3},       {0.15, 10, 2},
	             {0.35, 10, 4},   {0.145, 100, 15},  {0.29, 50, 15},     {0.4, 50000, 20000}, {1e-9, 100, 0},
	             {0.005, 100, 1}, {0.00499, 100, 0}, {0.285, 1000, 285}, {0.2, 60000, 12000}, {0.499999, 3, 1}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t got = mn_corrupt_count(cases[i].fraction, cases[i].rows);
		CHECK(t, got == cases[i].want, "%g of %lld rows is %lld", cases[i].fraction, (long long)cases[i].rows, (long long)got);
	}
	int wrong = 0;
	for (int64_t k = 0; k < 60000; k++) {
		wrong += mn_corrupt_count((double)k / 60000, 60000) != k;
		wrong += mn_corrupt_count(((double)k + 0.5) / 60000, 60000) != k + 1;
	}
	CHECK(t, wrong == 0, "every whole and every half number of 60000 rows is rounded right");

	struct mn_dataset data;
	struct mn_corrupted done = corrupted(t, &data, 999, false, (struct mn_corruption){.labels = 0.5, .inputs = 0.25});
	CHECK(t, done.labels_chosen == 500 && count_ones(data.label_noise, 999) == 500, "499.5 label rows are 500, and the mask has them");
	CHECK(t, done.inputs_chosen == 250 && count_ones(data.input_noise, 999) == 250, "249.75 input rows are 250, and the mask has them");
	mn_dataset_free(&data);
}

static bool same_row(const struct mn_dataset *a, const struct mn_dataset *b, int64_t row)
{
	float x[PIXELS], y[PIXELS];
	mn_dataset_row(a, row, x);
	mn_dataset_row(b, row, y);
	return memcmp(x, y, sizeof x) == 0;
}

/* For each kind: rows chosen for a smaller fraction are chosen for a larger one, with the same content; all others are as they were. */
static void test_nesting(struct test *t)
{
	enum { ROWS = 2000 };
	static const double fraction[] = {0.1, 0.3, 0.35, 1};
	struct mn_dataset clean;
	make_data(t, &clean, ROWS, true);
	for (int kind = 0; kind < 3; kind++) {
		struct mn_dataset smaller = {0};
		int out = 0, differ = 0, touched = 0, labels_touched = 0, masks_wrong = 0;
		for (int step = 0; step < 4; step++) {
			struct mn_dataset data;
			struct mn_corruption how = {.labels = fraction[step],
			                            .inputs = fraction[step],
			                            .label_kind = (enum mn_label_kind)kind,
			                            .input_kind = (enum mn_input_kind)kind,
			                            .seed = 3};
			struct mn_corrupted done = corrupted(t, &data, ROWS, true, how);
			int64_t moved = 0, relabelled = 0;
			for (int64_t i = 0; i < ROWS; i++) {
				moved += !same_row(&data, &clean, i);
				relabelled += data.labels[i] != clean.labels[i];
				touched += !data.input_noise[i] && !same_row(&data, &clean, i);
				labels_touched += !data.label_noise[i] && data.labels[i] != clean.labels[i];
				masks_wrong += data.true_labels[i] != clean.labels[i] || data.index[i] != clean.index[i];
				if (step == 0)
					continue;
				out += smaller.input_noise[i] > data.input_noise[i] || smaller.label_noise[i] > data.label_noise[i];
				differ += smaller.input_noise[i] && !same_row(&smaller, &data, i);
				differ += kind != MN_LABELS_PERMUTE && smaller.label_noise[i] && smaller.labels[i] != data.labels[i];
			}
			masks_wrong += done.inputs_changed != moved || done.labels_changed != relabelled;
			mn_dataset_free(&smaller);
			smaller = data;
		}
		mn_dataset_free(&smaller);
		CHECK(t, out == 0, "kind %d: the rows of a smaller fraction are among those of a larger", kind);
		CHECK(t, differ == 0, "kind %d: a row's content does not depend on the fraction", kind);
		CHECK(t, touched == 0 && labels_touched == 0, "kind %d: rows not chosen keep their pixels and labels", kind);
		CHECK(t, masks_wrong == 0, "kind %d: true labels and index are the clean data's, the counts of changes are right", kind);
	}
	mn_dataset_free(&clean);
}

static void test_labels(struct test *t)
{
	enum { ROWS = 40000 };
	static const double limit[] = {27.877, 26.124}; /* chi-square, 9 and 8 degrees of freedom, exceeded by chance once in 1000 */
	for (int kind = 0; kind < 2; kind++) {
		struct mn_dataset data;
		corrupted(t, &data, ROWS, false, (struct mn_corruption){.labels = 0.5, .label_kind = (enum mn_label_kind)kind, .seed = 11});
		double count[CLASSES] = {0}, offset[CLASSES] = {0}, chi = 0, chi_offset = 0, classes = CLASSES - kind;
		for (int64_t i = 0; i < ROWS; i++) {
			if (data.label_noise[i]) {
				count[data.labels[i]]++;
				offset[(data.labels[i] + CLASSES - data.true_labels[i]) % CLASSES]++;
			}
		}
		for (int k = 0; k < CLASSES; k++)
			chi += (count[k] - 2000) * (count[k] - 2000) / 2000;
		for (int k = kind; k < CLASSES; k++)
			chi_offset += (offset[k] - 20000 / classes) * (offset[k] - 20000 / classes) / (20000 / classes);
		CHECK(t, chi < limit[0], "kind %d: new labels are uniform: chi-square %.2f with 9 df", kind, chi);
		CHECK(t, chi_offset < limit[kind], "kind %d: ... whatever the true one: chi-square %.2f with %d df", kind, chi_offset,
		      9 - kind);
		if (kind == MN_LABELS_WRONG)
			CHECK(t, offset[0] == 0, "wrong labels are never the true ones");
		mn_dataset_free(&data);
	}

	struct mn_dataset data;
	struct mn_corrupted done = corrupted(t, &data, 1000, false, (struct mn_corruption){.labels = 0.3, .label_kind = MN_LABELS_PERMUTE});
	int64_t balance[CLASSES] = {0};
	for (int64_t i = 0; i < data.rows; i++) {
		balance[data.labels[i]]++;
		balance[data.true_labels[i]]--;
	}
	int off = 0;
	for (int k = 0; k < CLASSES; k++)
		off += balance[k] != 0;
	CHECK(t, off == 0, "permuted labels keep the class counts");
	CHECK(t, done.labels_changed > 200 && done.labels_changed <= 300, "... and most of them moved (%lld of 300)",
	      (long long)done.labels_changed);
	mn_dataset_free(&data);
}

/* How far the noise of one group (pixels from <= j < to) is from mean and variance, in standard errors; the larger of both. */
static double errors_off(const struct mn_dataset *data, size_t from, size_t to, double mean, double sd)
{
	double n = 0, sum = 0, squares = 0;
	for (int64_t i = 0; i < data->rows; i++)
		for (size_t j = from; data->input_noise[i] && j < to; j++) {
			double x = ((float *)data->images)[(size_t)i * PIXELS + j] - mean;
			n++;
			sum += x;
			squares += x * x;
		}
	if (sd == 0)
		return squares / n < 1e-15 ? 0 : INFINITY;
	double of_mean = fabs(sum / n) / (sd / sqrt(n));
	double of_variance = fabs(squares / n - sd * sd) / (sd * sd * sqrt(2 / n));
	return fmax(of_mean, of_variance);
}

static void test_gaussian(struct test *t)
{
	enum { ROWS = 4000 };
	static const size_t group[] = {PIXELS, PLACES, 1};
	struct mn_dataset clean;
	make_data(t, &clean, ROWS, false);
	for (int over = 0; over < 3; over++) {
		struct mn_dataset data;
		corrupted(t, &data, ROWS, false, (struct mn_corruption){.inputs = 0.5, .moments = (enum mn_moments)over, .seed = 5});
		const char *means = mn_stream_get(&data.stream, "noise_mean", ""), *sds = mn_stream_get(&data.stream, "noise_sd", "");
		double worst = 0, furthest = 0;
		for (size_t from = 0; from < PIXELS; from += group[over]) {
			/* The moments of the rows as they came in, computed here from the integers. */
			double sum = 0, squares = 0, n = (double)ROWS * (double)group[over];
			for (int64_t i = 0; i < ROWS; i++)
				for (size_t j = from; j < from + group[over]; j++) {
					double x = ((uint8_t *)clean.images)[(size_t)i * PIXELS + j];
					sum += x;
					squares += x * x;
				}
			double mean = sum / n / 255, sd = sqrt(fmax(0, squares / n - sum / n * (sum / n))) / 255;
			worst = fmax(worst, errors_off(&data, from, from + group[over], mean, sd > 1e-9 ? sd : 0));
			char *end;
			furthest = fmax(furthest, fabs(strtod(means, &end) - mean));
			means = *end ? end + 1 : end;
			furthest = fmax(furthest, fabs(strtod(sds, &end) - sd));
			sds = *end ? end + 1 : end;
		}
		CHECK(t, data.dtype == MN_F32 && mn_stream_find(&data.stream, "images")->dtype == MN_F32, "moments %d: images are F32",
		      over);
		/* A constant pixel has noise without variance: its own float value. */
		CHECK(t, worst < 4, "moments %d: mean and variance of the noise are the data's: %.2f standard errors at most", over, worst);
		CHECK(t, furthest < 1e-12 && !*means && !*sds, "moments %d: they are in the metadata (within %.1g)", over, furthest);
		mn_dataset_free(&data);
	}
	mn_dataset_free(&clean);

	struct mn_dataset data;
	corrupted(t, &data, ROWS, false, (struct mn_corruption){.inputs = 1, .seed = 5});
	double mean = strtod(mn_stream_get(&data.stream, "noise_mean", ""), NULL),
	       sd = strtod(mn_stream_get(&data.stream, "noise_sd", ""), NULL);
	int64_t beyond = 0, below = 0, above = 0;
	const float *x = data.images;
	for (int64_t i = 0; i < ROWS * PIXELS; i++) {
		beyond += fabs((double)x[i] - mean) > 1.959964 * sd;
		below += x[i] < 0;
		above += x[i] > 1;
	}
	double n = (double)ROWS * PIXELS;
	CHECK(t, fabs((double)beyond / n - 0.05) < 4 * sqrt(0.05 * 0.95 / n), "one value in twenty is beyond 1.96 sd (%.5f)",
	      (double)beyond / n);
	CHECK(t, below > 0 && mean - 4 * sd < 0 && (above > 0 || mean + 4 * sd < 1), "noise is not clipped (%lld below 0, %lld above 1)",
	      (long long)below, (long long)above);
	mn_dataset_free(&data);
}

static void test_pixels(struct test *t)
{
	enum { ROWS = 200 };
	struct mn_dataset clean, data;
	make_data(t, &clean, ROWS, true);
	for (int kind = MN_INPUTS_SHUFFLE; kind <= MN_INPUTS_PERMUTE; kind++) {
		corrupted(t, &data, ROWS, true, (struct mn_corruption){.inputs = 1, .input_kind = (enum mn_input_kind)kind});
		int apart = 0, lost = 0, like_first = 0;
		uint8_t first[PLACES];
		for (int64_t i = 0; i < ROWS; i++) {
			const uint8_t *old = (uint8_t *)clean.images + i * PIXELS, *new = (uint8_t *)data.images + i *PIXELS;
			uint8_t from[PLACES], seen[PLACES] = {0};
			for (int p = 0; p < PLACES; p++) {
				from[p] = (uint8_t)(new[p] - old[0]); /* a distinct pixel's value tells its place */
				lost += from[p] >= PLACES || seen[from[p]]++;
				apart += new[PLACES + p] != old[PLACES + from[p] % PLACES];
			}
			if (i == 0)
				memcpy(first, from, sizeof first);
			like_first += memcmp(first, from, sizeof first) == 0;
		}
		CHECK(t, data.dtype == MN_U8, "input kind %d: images stay U8", kind);
		CHECK(t, lost == 0, "input kind %d: every row keeps all of its pixels", kind);
		CHECK(t, apart == 0, "input kind %d: the channels of a place move together", kind);
		CHECK(t, kind == MN_INPUTS_SHUFFLE ? like_first == ROWS : like_first == 1,
		      "input kind %d: %d of %d rows have the first one's permutation", kind, like_first, ROWS);
		mn_dataset_free(&data);
	}
	mn_dataset_free(&clean);
}

static bool same_tensor(const struct mn_dataset *a, const struct mn_dataset *b, const char *name)
{
	const struct mn_tensor *x = mn_stream_find(&a->stream, name), *y = mn_stream_find(&b->stream, name);
	return x && y && x->dtype == y->dtype && x->bytes == y->bytes && memcmp(x->data, y->data, x->bytes) == 0;
}

static bool same_data(const struct mn_dataset *a, const struct mn_dataset *b)
{
	return same_tensor(a, b, "images") && same_tensor(a, b, "labels") && same_tensor(a, b, "index") &&
	       same_tensor(a, b, "true_labels") && same_tensor(a, b, "label_noise") && same_tensor(a, b, "input_noise");
}

static void test_zero(struct test *t)
{
	struct mn_dataset clean, data;
	make_data(t, &clean, 500, false);
	corrupted(t, &data, 500, false, (struct mn_corruption){.seed = 1});
	CHECK(t, same_tensor(&clean, &data, "images") && same_tensor(&clean, &data, "labels") && same_tensor(&clean, &data, "index"),
	      "P = 0 leaves images, labels and index as they are");
	CHECK(t, count_ones(data.label_noise, 500) == 0 && count_ones(data.input_noise, 500) == 0, "P = 0 adds masks that are all false");
	CHECK(t, memcmp(data.true_labels, clean.labels, 500) == 0, "P = 0 adds the true labels");
	struct mn_tensor *mask = mn_stream_find(&data.stream, "label_noise");
	CHECK(t, mask && mask->dtype == MN_BOOL && mask->rank == 1 && mask->shape[0] == 500, "a mask is BOOL [N]");
	mn_dataset_free(&clean);
	mn_dataset_free(&data);
}

static void test_twice(struct test *t)
{
	enum { ROWS = 3000 };
	const struct mn_corruption labels = {.labels = 0.4, .seed = 9}, inputs = {.inputs = 0.3, .seed = 9},
	                           both = {.labels = 0.4, .inputs = 0.3, .seed = 9};
	struct mn_error err = {0};
	struct mn_corrupted done;
	struct mn_dataset once, twice;
	corrupted(t, &once, ROWS, false, both);
	corrupted(t, &twice, ROWS, false, labels);
	CHECK(t, mn_corrupt(&twice, &labels, NULL, &done, &err) == -1 && err.status == MN_EXIT_FAILED, "labels twice: refused: %s",
	      err.text);
	CHECK(t, mn_corrupt(&twice, &inputs, NULL, &done, &err) == 0, "inputs after labels are taken");
	CHECK(t, same_data(&once, &twice), "labels and inputs in one go or one after the other: the same bytes");
	CHECK(t,
	      strcmp(mn_stream_get(&twice.stream, "label_noise", ""), "0.4") == 0 &&
	              strcmp(mn_stream_get(&twice.stream, "input_noise", ""), "0.3") == 0,
	      "both requested fractions are in the metadata");
	CHECK(t, mn_corrupt(&twice, &inputs, NULL, &done, &err) == -1, "inputs twice: refused: %s", err.text);
	mn_dataset_free(&twice);

	/* Chosen apart: the number of rows with both is hypergeometric around 0.12 N. */
	int64_t overlap = 0;
	for (int64_t i = 0; i < ROWS; i++)
		overlap += once.label_noise[i] && once.input_noise[i];
	double sd = sqrt(ROWS * 0.4 * 0.6 * 0.3 * 0.7);
	CHECK(t, fabs((double)overlap - 0.12 * ROWS) < 4 * sd, "rows with both kinds of noise: %lld, expected %g", (long long)overlap,
	      0.12 * ROWS);

	struct mn_dataset threaded, other;
	make_data(t, &threaded, ROWS, false);
	struct mn_pool *pool = mn_pool_new(3, &err);
	CHECK(t, pool && mn_corrupt(&threaded, &both, pool, &done, &err) == 0 && same_data(&once, &threaded),
	      "three threads: the same bytes as one");
	mn_pool_free(pool);
	corrupted(t, &other, ROWS, false, (struct mn_corruption){.labels = 0.4, .inputs = 0.3, .seed = 10});
	CHECK(t,
	      !same_tensor(&once, &other, "label_noise") && !same_tensor(&once, &other, "input_noise") &&
	              !same_tensor(&once, &other, "images"),
	      "another seed: other rows and other noise");
	mn_dataset_free(&threaded);
	mn_dataset_free(&other);
	mn_dataset_free(&once);
}

int main(void)
{
	struct test t = {0};
	test_counts(&t);
	test_zero(&t);
	test_nesting(&t);
	test_labels(&t);
	test_gaussian(&t);
	test_pixels(&t);
	test_twice(&t);
	return test_end(&t);
}
