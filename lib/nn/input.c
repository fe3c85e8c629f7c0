#include "mn/input.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "mn/kernels.h"

enum { CROP = 28, PIECE_ROWS = 64, ROWS_AHEAD = 8 };

static const char *const names[] = {"unit", "standard", "whiten", "crop28"};

/* A crop must see pixels, and one scaling is enough: after another one its constants would be those of other numbers. */
static int check_order(const struct mn_input *input, const char *text, struct mn_error *err)
{
	bool scaled = false;
	for (int i = 0; i < input->steps; i++) {
		if (scaled)
			return mn_misuse(err, "--input: '%s': nothing may follow standard or whiten", text);
		scaled = input->step[i] == MN_INPUT_STANDARD || input->step[i] == MN_INPUT_WHITEN;
	}
	return 0;
}

int mn_input_parse(struct mn_input *input, const char *text, struct mn_error *err)
{
	*input = (struct mn_input){.sd = 1};
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, ",");
		int found = -1;
		for (int i = 0; i < 4; i++)
			if (strlen(names[i]) == length && strncmp(names[i], at, length) == 0)
				found = i;
		if (found < 0)
			return mn_misuse(err, "--input: '%.*s' is not one of unit, standard, whiten, crop28",
			                 (int)(length < 31 ? length : 31), at);
		if (input->steps == MN_INPUT_STEPS)
			return mn_misuse(err, "--input: more than %d steps", MN_INPUT_STEPS);
		input->step[input->steps++] = (enum mn_input_step)found;
		at += length;
		if (*at == ',' && !*++at)
			return mn_misuse(err, "--input: nothing after the last comma of '%s'", text);
	}
	if (input->steps == 0)
		return mn_misuse(err, "--input: no step");
	return check_order(input, text, err);
}

int mn_input_shape(const struct mn_input *input, struct mn_shape image, struct mn_shape *out, struct mn_error *err)
{
	*out = image;
	for (int i = 0; i < input->steps; i++) {
		if (input->step[i] != MN_INPUT_CROP28)
			continue;
		if (out->height < CROP || out->width < CROP)
			return mn_fail(err, "--input: crop28 needs images of at least %d x %d, these have %d x %d", CROP, CROP, out->height,
			               out->width);
		out->height = out->width = CROP;
	}
	return 0;
}

bool mn_input_needs_fit(const struct mn_input *input)
{
	for (int i = 0; i < input->steps; i++)
		if (input->step[i] == MN_INPUT_STANDARD)
			return true;
	return false;
}

void mn_input_fit(struct mn_input *input, const struct mn_images *images)
{
	size_t n = (size_t)images->rows * mn_shape_size(images->shape);
	double sum = 0, squares = 0;
	const unsigned char *bytes = images->pixels;
	const float *floats = images->pixels;
	for (size_t i = 0; i < n; i++)
		sum += images->bytes ? bytes[i] / 255.0 : (double)floats[i];
	input->mean = sum / (double)n;
	for (size_t i = 0; i < n; i++) {
		double deviation = (images->bytes ? bytes[i] / 255.0 : (double)floats[i]) - input->mean;
		squares += deviation * deviation;
	}
	input->sd = squares > 0 ? sqrt(squares / (double)n) : 1;
}

struct filling {
	const struct mn_input *input;
	const struct mn_images *images;
	const int64_t *row;
	int64_t first;
	int count;
	bool flat;
	mn_real *out;
	struct mn_shape shape; /* after the crops */
	mn_real unit[256];     /* byte to [0, 1] */
};

/* The cropped pixels of an image on the [0, 1] scale. */
static void load(const struct filling *f, int64_t row, struct mn_shape shape, bool flat, mn_real *out)
{
	struct mn_shape stored = f->images->shape;
	size_t top = (size_t)(stored.height - shape.height) / 2, left = (size_t)(stored.width - shape.width) / 2;
	size_t base = (size_t)row * mn_shape_size(stored), channels = (size_t)shape.channels;
	size_t height = (size_t)shape.height, width = (size_t)shape.width;
	if (flat && f->images->bytes && height == (size_t)stored.height && width == (size_t)stored.width) {
		mn_bytes_to_unit(mn_shape_size(stored), (const unsigned char *)f->images->pixels + base, out);
		return;
	}
	for (size_t c = 0; c < channels; c++)
		for (size_t y = 0; y < height; y++) {
			size_t from = base + (c * (size_t)stored.height + y + top) * (size_t)stored.width + left;
			mn_real *to = flat ? out + (c * height + y) * width : out + y * width * channels + c;
			size_t step = flat ? 1 : channels;
			if (f->images->bytes && flat)
				mn_bytes_to_unit(width, (const unsigned char *)f->images->pixels + from, to);
			else if (f->images->bytes)
				for (size_t x = 0; x < width; x++)
					to[x * step] = f->unit[((const unsigned char *)f->images->pixels)[from + x]];
			else
				for (size_t x = 0; x < width; x++)
					to[x * step] = ((const float *)f->images->pixels)[from + x];
		}
}

static void whiten(mn_real *image, size_t n)
{
	double sum = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		sum += image[i];
	double mean = sum / (double)n;
	for (size_t i = 0; i < n; i++)
		squares += (image[i] - mean) * (image[i] - mean);
	double sd = fmax(sqrt(squares / (double)n), 1 / sqrt((double)n));
	for (size_t i = 0; i < n; i++)
		image[i] = (mn_real)((image[i] - mean) / sd);
}

static void standardize(const struct mn_input *input, mn_real *image, size_t n)
{
	for (size_t i = 0; i < n; i++)
		image[i] = (mn_real)((image[i] - input->mean) / input->sd);
}

/* Rows drawn at random lie where no hardware foresees them. */
static void fetch_ahead(const struct filling *f, int i)
{
	enum { LINE = 64 };
	size_t bytes = mn_shape_size(f->images->shape) * (f->images->bytes ? 1 : sizeof(float));
	const char *at = (const char *)f->images->pixels + (size_t)f->row[i] * bytes;
	for (size_t k = 0; k < bytes; k += LINE)
		__builtin_prefetch(at + k);
}

static void fill_piece(void *arg, int piece, int worker)
{
	(void)worker;
	const struct filling *f = arg;
	size_t n = mn_shape_size(f->shape);
	int last = (piece + 1) * PIECE_ROWS < f->count ? (piece + 1) * PIECE_ROWS : f->count;
	for (int i = piece * PIECE_ROWS; i < last; i++) {
		mn_real *out = f->out + (size_t)i * n;
		if (f->row && i + ROWS_AHEAD < f->count)
			fetch_ahead(f, i + ROWS_AHEAD);
		load(f, f->row ? f->row[i] : f->first + i, f->shape, f->flat, out);
		for (int s = 0; s < f->input->steps; s++) {
			if (f->input->step[s] == MN_INPUT_STANDARD)
				standardize(f->input, out, n);
			else if (f->input->step[s] == MN_INPUT_WHITEN)
				whiten(out, n);
		}
	}
}

void mn_input_fill(const struct mn_input *input, const struct mn_images *images, const int64_t *row, int64_t first, int count, bool flat,
                   struct mn_pool *pool, mn_real *out)
{
	struct filling f = {.input = input, .images = images, .row = row, .first = first, .count = count, .flat = flat, .out = out};
	struct mn_error unused;
	mn_input_shape(input, images->shape, &f.shape, &unused);
	for (int i = 0; i < 256; i++)
		f.unit[i] = (mn_real)(i / 255.0);
	mn_pool_run(pool, (count + PIECE_ROWS - 1) / PIECE_ROWS, fill_piece, &f);
}
