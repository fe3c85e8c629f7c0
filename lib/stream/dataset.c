#include "mn/dataset.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct mn_tensor *find_shaped(const struct mn_dataset *data, const char *name, enum mn_dtype dtype, struct mn_error *err)
{
	struct mn_tensor *tensor = mn_stream_find(&data->stream, name);
	if (tensor && (tensor->dtype != dtype || tensor->rank != 1 || tensor->shape[0] != data->rows)) {
		mn_fail(err, "%s: tensor '%s' must be %s [%" PRId64 "], one for each image", data->stream.name, name, mn_dtype_name(dtype),
		        data->rows);
		return NULL;
	}
	return tensor;
}

/* [N, D] is one row of D pixels, [N, H, W] one channel. */
static int check_images(struct mn_dataset *data, struct mn_error *err)
{
	const char *name = data->stream.name;
	struct mn_tensor *images = mn_stream_find(&data->stream, "images");
	if (!images)
		return mn_fail(err, "%s: no tensor 'images': not a data set", name);
	if (images->dtype != MN_U8 && images->dtype != MN_F32)
		return mn_fail(err, "%s: tensor 'images' is %s, must be U8 or F32", name, mn_dtype_name(images->dtype));
	if (images->rank < 2 || images->rank > 4)
		return mn_fail(err, "%s: tensor 'images' has %d dimensions, must be [N, C, H, W], [N, H, W] or [N, D]", name, images->rank);
	int64_t chw[3] = {1, 1, 1}, pixels = 1;
	for (int i = 1; i < images->rank; i++)
		chw[3 - images->rank + i] = images->shape[i];
	for (int i = 0; i < 3; i++) {
		if (chw[i] < 1 || chw[i] > INT_MAX / pixels)
			return mn_fail(err, "%s: tensor 'images' has an image of %" PRId64 " x %" PRId64 " x %" PRId64 " pixels", name,
			               chw[0], chw[1], chw[2]);
		pixels *= chw[i];
	}
	if (images->shape[0] == 0)
		return mn_fail(err, "%s: the data set has no rows", name);
	images->rank = 4;
	memcpy(&images->shape[1], chw, sizeof chw);
	data->rows = images->shape[0];
	data->channels = (int)chw[0];
	data->height = (int)chw[1];
	data->width = (int)chw[2];
	data->dtype = images->dtype;
	data->images = images->data;
	const float *pixel = images->data;
	for (int64_t i = 0; data->dtype == MN_F32 && i < data->rows * pixels; i++) {
		if (!isfinite(pixel[i]))
			return mn_fail(err, "%s: pixel %" PRId64 " of row %" PRId64 " is not finite", name, i % pixels, i / pixels);
	}
	return 0;
}

/* Labels as I64, which NumPy gives by default, become U8. */
static int narrow_labels(struct mn_dataset *data, const char *name, struct mn_error *err)
{
	struct mn_tensor *wide = mn_stream_find(&data->stream, name);
	if (!wide || wide->dtype != MN_I64)
		return 0;
	if (!find_shaped(data, name, MN_I64, err))
		return -1;
	uint8_t *narrow = malloc((size_t)data->rows);
	if (!narrow)
		return mn_fail_memory(err, data->stream.name, (unsigned long long)data->rows);
	for (int64_t i = 0; i < data->rows; i++) {
		int64_t label = ((const int64_t *)wide->data)[i];
		narrow[i] = (uint8_t)label;
		if (label < 0 || label > UINT8_MAX) {
			free(narrow);
			return mn_fail(err, "%s: tensor '%s' has %" PRId64 " in row %" PRId64 ", labels are 0 to 255", data->stream.name,
			               name, label, i);
		}
	}
	if (!wide->inside)
		free(wide->data);
	wide->data = narrow;
	wide->inside = false;
	wide->dtype = MN_U8;
	wide->bytes = (size_t)data->rows;
	return 0;
}

static int check_below(const struct mn_dataset *data, const char *name, const uint8_t *label, int limit, const char *what,
                       struct mn_error *err)
{
	for (int64_t i = 0; label && i < data->rows; i++) {
		if (label[i] >= limit)
			return mn_fail(err, "%s: tensor '%s' has %d in row %" PRId64 ", %s %d", data->stream.name, name, label[i], i, what,
			               limit - 1);
	}
	return 0;
}

/* Where mn.classes is missing: ten, or as many as the labels need. */
static int check_classes(struct mn_dataset *data, struct mn_error *err)
{
	int64_t classes = 10, needed = 10;
	for (int64_t i = 0; i < data->rows; i++) {
		needed = data->labels[i] >= needed ? data->labels[i] + 1 : needed;
		if (data->true_labels)
			needed = data->true_labels[i] >= needed ? data->true_labels[i] + 1 : needed;
	}
	if (mn_stream_get_int(&data->stream, "classes", needed, &classes, err) < 0)
		return -1;
	if (classes < 1 || classes > UINT8_MAX + 1)
		return mn_fail(err, "%s: mn.classes is %" PRId64 ", must be 1 to 256", data->stream.name, classes);
	data->classes = (int)classes;
	const char *what = "the largest class is";
	if (check_below(data, "labels", data->labels, data->classes, what, err) < 0 ||
	    check_below(data, "true_labels", data->true_labels, data->classes, what, err) < 0)
		return -1;
	return mn_stream_setf(&data->stream, err, "classes", "%d", data->classes);
}

static int check_labels(struct mn_dataset *data, struct mn_error *err)
{
	static const char *const name[2] = {"labels", "true_labels"};
	uint8_t **const to[2] = {&data->labels, &data->true_labels};
	for (int i = 0; i < 2; i++) {
		if (narrow_labels(data, name[i], err) < 0)
			return -1;
		struct mn_tensor *labels = mn_stream_find(&data->stream, name[i]);
		if (labels && !find_shaped(data, name[i], MN_U8, err))
			return -1;
		*to[i] = labels ? labels->data : NULL;
	}
	if (!data->labels)
		return mn_fail(err, "%s: no tensor 'labels': not a data set", data->stream.name);
	return check_classes(data, err);
}

static int check_masks(struct mn_dataset *data, struct mn_error *err)
{
	static const char *const name[2] = {"label_noise", "input_noise"};
	uint8_t **const to[2] = {&data->label_noise, &data->input_noise};
	for (int i = 0; i < 2; i++) {
		struct mn_tensor *mask = mn_stream_find(&data->stream, name[i]);
		if (mask && !find_shaped(data, name[i], MN_BOOL, err))
			return -1;
		*to[i] = mask ? mask->data : NULL;
		if (check_below(data, name[i], *to[i], 2, "a mask is 0 or", err) < 0)
			return -1;
	}
	return 0;
}

static int check_index(struct mn_dataset *data, struct mn_error *err)
{
	struct mn_tensor *index = mn_stream_find(&data->stream, "index");
	if (index) {
		if (!find_shaped(data, "index", MN_I64, err))
			return -1;
	} else {
		index = mn_stream_add(&data->stream, "index", MN_I64, 1, &data->rows, err);
		if (!index)
			return -1;
		for (int64_t i = 0; i < data->rows; i++)
			((int64_t *)index->data)[i] = i;
	}
	data->index = index->data;
	return 0;
}

static int check(struct mn_dataset *data, struct mn_error *err)
{
	const char *kind = mn_stream_get(&data->stream, "kind", "dataset");
	if (strcmp(kind, "dataset") != 0)
		return mn_fail(err, "%s: is a %s, not a data set", data->stream.name, kind);
	if (check_images(data, err) < 0 || check_labels(data, err) < 0 || check_masks(data, err) < 0 || check_index(data, err) < 0)
		return -1;
	return mn_stream_set(&data->stream, "kind", "dataset", err);
}

int mn_dataset_adopt(struct mn_dataset *data, struct mn_stream *stream, struct mn_error *err)
{
	*data = (struct mn_dataset){.stream = *stream};
	*stream = (struct mn_stream){0};
	if (check(data, err) < 0) {
		mn_dataset_free(data);
		return -1;
	}
	return 0;
}

int mn_dataset_read(struct mn_dataset *data, const char *path, struct mn_error *err)
{
	struct mn_stream stream;
	*data = (struct mn_dataset){0};
	return mn_stream_read(&stream, path, err) < 0 ? -1 : mn_dataset_adopt(data, &stream, err);
}

void mn_dataset_free(struct mn_dataset *data)
{
	mn_stream_free(&data->stream);
	*data = (struct mn_dataset){0};
}

size_t mn_dataset_pixels(const struct mn_dataset *data)
{
	return (size_t)data->channels * (size_t)data->height * (size_t)data->width;
}

void mn_dataset_row(const struct mn_dataset *data, int64_t row, float *out)
{
	size_t pixels = mn_dataset_pixels(data), at = (size_t)row * pixels;
	if (data->dtype == MN_F32) {
		memcpy(out, (const float *)data->images + at, pixels * sizeof *out);
	} else {
		const uint8_t *from = (const uint8_t *)data->images + at;
		for (size_t i = 0; i < pixels; i++)
			out[i] = (float)from[i] / 255;
	}
}
