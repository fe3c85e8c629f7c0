#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "idx.h"

int mn_reading_set_rows(struct mn_reading *reading, int64_t rows, struct mn_error *err)
{
	static const char *const split[] = {"train", "test"};
	struct mn_range asked = reading->how->range;
	reading->rows = rows;
	reading->range = asked.to < 0 ? (struct mn_range){0, rows} : asked;
	if (reading->range.to > rows)
		return mn_misuse(err, "--range %lld:%lld: the %s split of %s has %lld rows", (long long)asked.from, (long long)asked.to,
		                 split[reading->how->split], reading->how->dataset, (long long)rows);
	return 0;
}

int mn_reading_make_tensors(struct mn_reading *reading, int channels, int height, int width, struct mn_error *err)
{
	struct mn_stream *stream = reading->stream;
	int64_t shape[] = {reading->range.to - reading->range.from, channels, height, width};
	if (mn_stream_find(stream, "images"))
		return 0;
	reading->height = height;
	reading->width = width;
	if (!mn_stream_add(stream, "images", MN_U8, 4, shape, err) || !mn_stream_add(stream, "labels", MN_U8, 1, shape, err) ||
	    !mn_stream_add(stream, "index", MN_I64, 1, shape, err))
		return -1;
	int64_t *index = mn_stream_find(stream, "index")->data;
	for (int64_t i = 0; i < shape[0]; i++)
		index[i] = reading->range.from + i;
	return 0;
}

int mn_reading_check_sum(struct mn_reading *reading, const char *what, const char *path, const char *sum, const char *wanted,
                         struct mn_error *err)
{
	if (wanted && strcmp(sum, wanted) != 0)
		return mn_fail(err, "%s: wrong checksum: the SHA-256 of its content is %s, not %s as that of %s", path, sum, wanted,
		               reading->how->dataset);
	if (json_object_set_new(reading->sums, what, json_string(sum)))
		return mn_fail_memory(err, path, MN_SHA256_TEXT);
	return 0;
}

int mn_reading_check_labels(const struct mn_reading *reading, const char *path, const uint8_t *labels, int64_t count, struct mn_error *err)
{
	for (int64_t i = 0; i < count; i++)
		if (labels[i] >= reading->classes)
			return mn_fail(err, "%s: label %d, but there are %d classes", path, labels[i], reading->classes);
	return 0;
}

/* Of a file whose content has no known checksum that of the file itself, which must then be the download's own. */
static int check_packed_sum(const struct mn_reading *reading, const char *path, const struct mn_catalog_file *file, struct mn_error *err)
{
	char sum[MN_SHA256_TEXT];
	size_t length = strlen(path);
	if (!file || file->sha256)
		return 0;
	if (length < 3 || strcmp(path + length - 3, ".gz") != 0) {
		char line[MN_PATH_SIZE + 100];
		snprintf(line, sizeof line, "%s: not checked: only the checksum of the .gz file is known", path);
		if (reading->how->notices.fn)
			reading->how->notices.fn(reading->how->notices.arg, line);
		return 0;
	}
	if (mn_sha256_file(path, sum, err))
		return -1;
	if (strcmp(sum, file->gzip_sha256) != 0)
		return mn_fail(err, "%s: wrong checksum: its SHA-256 is %s, not %s as that of %s", path, sum, file->gzip_sha256,
		               reading->how->dataset);
	return 0;
}

static int read_images(struct mn_reading *reading, struct mn_content *content, const struct mn_catalog_file *file, struct mn_error *err)
{
	struct mn_idx idx;
	char sum[MN_SHA256_TEXT];
	const struct mn_catalog_entry *entry = reading->entry;
	if (mn_idx_read_images(content, &idx, err))
		return -1;
	if (entry && (idx.rows != reading->rows || idx.height != entry->height || idx.width != entry->width))
		return mn_fail(err, "%s: holds %lld images of %d x %d pixels, %s has %lld of %d x %d", content->path, (long long)idx.rows,
		               idx.height, idx.width, entry->name, (long long)reading->rows, entry->height, entry->width);
	if (!entry && mn_reading_set_rows(reading, idx.rows, err))
		return -1;
	if (mn_reading_make_tensors(reading, 1, idx.height, idx.width, err))
		return -1;
	void *images = mn_stream_find(reading->stream, "images")->data;
	if (mn_idx_read_rows(content, &idx, reading->range.from, reading->range.to, images, sum, err))
		return -1;
	return mn_reading_check_sum(reading, "images", content->path, sum, file ? file->sha256 : NULL, err);
}

int mn_reading_idx_images(struct mn_reading *reading, const char *path, const struct mn_catalog_file *file, struct mn_error *err)
{
	struct mn_content content;
	if (check_packed_sum(reading, path, file, err) || mn_content_open(&content, path, err))
		return -1;
	int status = read_images(reading, &content, file, err);
	mn_content_close(&content);
	return status;
}

static int read_labels(struct mn_reading *reading, struct mn_content *content, const struct mn_catalog_file *file, uint8_t **all,
                       struct mn_error *err)
{
	struct mn_idx idx;
	char sum[MN_SHA256_TEXT];
	if (mn_idx_read_labels(content, &idx, err))
		return -1;
	if (idx.rows != reading->rows)
		return mn_fail(err, "%s: holds %lld labels for %lld images", content->path, (long long)idx.rows, (long long)reading->rows);
	*all = malloc((size_t)idx.rows);
	if (!*all)
		return mn_fail_memory(err, content->path, (unsigned long long)idx.rows);
	if (mn_idx_read_rows(content, &idx, 0, idx.rows, *all, sum, err) ||
	    mn_reading_check_sum(reading, "labels", content->path, sum, file ? file->sha256 : NULL, err))
		return -1;
	for (int64_t i = 0; !reading->entry && i < idx.rows; i++)
		if ((*all)[i] >= reading->classes)
			reading->classes = (*all)[i] + 1;
	if (mn_reading_check_labels(reading, content->path, *all, idx.rows, err))
		return -1;
	memcpy(mn_stream_find(reading->stream, "labels")->data, *all + reading->range.from,
	       (size_t)(reading->range.to - reading->range.from));
	return 0;
}

int mn_reading_idx_labels(struct mn_reading *reading, const char *path, const struct mn_catalog_file *file, struct mn_error *err)
{
	struct mn_content content;
	uint8_t *all = NULL;
	if (check_packed_sum(reading, path, file, err) || mn_content_open(&content, path, err))
		return -1;
	int status = read_labels(reading, &content, file, &all, err);
	mn_content_close(&content);
	free(all);
	return status;
}
