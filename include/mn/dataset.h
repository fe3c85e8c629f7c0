/* dataset.h - a data set: a stream with images, labels, index and, after mn-corrupt, true labels and masks; see mn-dataset(5). */
#ifndef MN_DATASET_H
#define MN_DATASET_H

#include "mn/stream.h"

struct mn_dataset {
	struct mn_stream stream;
	int64_t rows; /* N */
	int channels, height, width;
	int classes;
	enum mn_dtype dtype;  /* of images: MN_U8 (pixel/255) or MN_F32 (on the same scale, unclipped) */
	void *images;         /* [N, C, H, W] */
	uint8_t *labels;      /* [N], below classes */
	int64_t *index;       /* [N]: the row in the original file; 0..N-1 where the stream has none */
	uint8_t *true_labels; /* [N] or NULL */
	uint8_t *label_noise; /* [N] of 0 or 1, or NULL */
	uint8_t *input_noise; /* [N] of 0 or 1, or NULL */
};

/* Reads a stream and checks that it is a data set: kinds, shapes, labels below classes (default 10, or 1 + the largest label where
 * mn.classes is missing and that is more), finite pixels. What is missing or in another shape is put right in the stream too: index is
 * made, mn.kind and mn.classes are set, images [N, H, W] and [N, D] become [N, 1, H, W] and [N, 1, 1, D], labels I64 become U8. 0, or -1
 * with err and an empty data set. */
int mn_dataset_read(struct mn_dataset *data, const char *path, struct mn_error *err);

/* Takes over a stream already in memory (checked likewise). On failure the stream is freed too. */
int mn_dataset_adopt(struct mn_dataset *data, struct mn_stream *stream, struct mn_error *err);

void mn_dataset_free(struct mn_dataset *data);

/* The number of pixels of one example: C * H * W. */
size_t mn_dataset_pixels(const struct mn_dataset *data);

/* The pixels of row i on the [0, 1] scale. out: [C*H*W]. */
void mn_dataset_row(const struct mn_dataset *data, int64_t row, float *out);

#endif
