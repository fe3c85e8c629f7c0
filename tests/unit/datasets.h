/* datasets.h - small data sets in memory, for the tests of training and models. */
#ifndef TEST_DATASETS_H
#define TEST_DATASETS_H

#include <stdlib.h>

#include "mn/dataset.h"
#include "mn/random.h"

/* F32 images of random pixels in [0, 1), labels i % classes; with all masks (false) and true labels where masked. Exits where memory is
 * out: nothing can be tested then. */
static inline void make_dataset(struct mn_dataset *data, int64_t rows, int channels, int height, int width, int classes, bool masked)
{
	struct mn_error err = {0};
	struct mn_stream s;
	int64_t shape[] = {rows, channels, height, width};
	bool made = mn_stream_new(&s, "made", &err) == 0 && mn_stream_add(&s, "images", MN_F32, 4, shape, &err) &&
	            mn_stream_add(&s, "labels", MN_U8, 1, shape, &err) && mn_stream_setf(&s, &err, "classes", "%d", classes) == 0;
	if (made && masked)
		made = mn_stream_add(&s, "true_labels", MN_U8, 1, shape, &err) &&
		       mn_stream_add(&s, "label_noise", MN_BOOL, 1, shape, &err) &&
		       mn_stream_add(&s, "input_noise", MN_BOOL, 1, shape, &err);
	if (!made || mn_dataset_adopt(data, &s, &err)) {
		printf("not ok - a data set can be made: %s\n", err.text);
		exit(1);
	}
	size_t pixels = mn_dataset_pixels(data);
	float *image = data->images;
	for (size_t i = 0; i < (size_t)rows * pixels; i++) {
		uint64_t word[4];
		mn_random_block((struct mn_key){11, MN_PURPOSE_CHECK}, (struct mn_counter){.element = i}, word);
		image[i] = (float)mn_random_unit(word[0]);
	}
	for (int64_t i = 0; i < rows; i++) {
		data->labels[i] = (uint8_t)(i % classes);
		if (masked)
			data->true_labels[i] = data->labels[i];
	}
}

#endif
