/* input.h - input transforms: from stored pixels to the network's input. A list applied left to right, stored in the model and
 * applied by whoever runs it.
 *
 * unit      pixel / 255 for bytes, as it is for floats: the [0, 1] scale (always the starting point)
 * standard  subtract the mean and divide by the standard deviation of all pixels of the training set, one scalar each
 * whiten    each image: subtract its mean and divide by max(sd, 1/sqrt(pixels)), over all channels jointly (TensorFlow's
 * per_image_standardization) crop28    the central 28 x 28
 */
#ifndef MN_INPUT_H
#define MN_INPUT_H

#include "mn/layer.h"

enum { MN_INPUT_STEPS = 8 };

enum mn_input_step { MN_INPUT_UNIT, MN_INPUT_STANDARD, MN_INPUT_WHITEN, MN_INPUT_CROP28 };

struct mn_input {
	int steps;
	enum mn_input_step step[MN_INPUT_STEPS];
	double mean, sd; /* for standard: of the training set's pixels on the [0, 1] scale */
};

/* Images as a data set stores them: [N, C, H, W] of bytes or floats. */
struct mn_images {
	const void *pixels;
	bool bytes;
	int64_t rows;
	struct mn_shape shape;
};

/* Parses "crop28,whiten". 0, or -1 with err (status 2) naming the word. */
int mn_input_parse(struct mn_input *input, const char *text, struct mn_error *err);

/* Whether the transform has constants to be measured on the training set. */
bool mn_input_needs_fit(const struct mn_input *input);

/* Measures what `standard` needs on the training images. */
void mn_input_fit(struct mn_input *input, const struct mn_images *images);

/* The shape after the transform. 0, or -1 with err (an image smaller than the crop). */
int mn_input_shape(const struct mn_input *input, struct mn_shape image, struct mn_shape *out, struct mn_error *err);

/* Writes the transformed rows to out [count, ...]: as vectors in C, H, W order where flat, else as [H, W, C] maps. row NULL: rows first,
 * first+1, ... */
void mn_input_fill(const struct mn_input *input, const struct mn_images *images, const int64_t *row, int64_t first, int count, bool flat,
                   struct mn_pool *pool, mn_real *out);

#endif
