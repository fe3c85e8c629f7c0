/* CIFAR's binary version (https://www.cs.toronto.edu/~kriz/cifar.html): records of one label byte and 3 planes of 32 x 32 pixels. */
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "content.h"
#include "reading.h"

static const char archive_folder[] = "cifar-10-batches-bin";

/* The batches that the range touches: first <= i < end of the entry's files. */
struct batches {
	int first, end;
	int64_t rows; /* of a batch */
};

static struct batches find_batches(const struct mn_reading *reading)
{
	const struct mn_catalog_entry *entry = reading->entry;
	int64_t rows = (entry->rows[MN_SPLIT_TRAIN] + entry->rows[MN_SPLIT_TEST]) / entry->files;
	int start = reading->how->split == MN_SPLIT_TRAIN ? 0 : (int)(entry->rows[MN_SPLIT_TRAIN] / rows);
	return (struct batches){start + (int)(reading->range.from / rows), start + (int)((reading->range.to + rows - 1) / rows), rows};
}

/* The row of the split that batch i begins with. */
static int64_t first_row(const struct mn_reading *reading, struct batches batches, int i)
{
	return (i - batches.first + reading->range.from / batches.rows) * batches.rows;
}

/* A .bin file in the folder, or in the one that the archive unpacks to. */
static bool find_batch(const char *folder, const char *name, char path[MN_PATH_SIZE])
{
	char inner[MN_PATH_SIZE];
	int length = snprintf(inner, sizeof inner, "%s/%s", folder, archive_folder);
	return mn_places_find(folder, name, path) || (length > 0 && length < MN_PATH_SIZE && mn_places_find(inner, name, path));
}

static bool find_archive(const struct mn_reading *reading, const char *folder, char path[MN_PATH_SIZE])
{
	return mn_places_find(folder, reading->entry->archive.name, path);
}

int mn_reading_cifar_present(const struct mn_reading *reading, const char *folder, struct mn_error *err)
{
	char path[MN_PATH_SIZE], missing[512] = "";
	const struct mn_catalog_entry *entry = reading->entry;
	struct batches batches = find_batches(reading);
	if (find_archive(reading, folder, path))
		return 0;
	for (int i = batches.first; i < batches.end; i++) {
		if (find_batch(folder, entry->file[i].name, path))
			continue;
		size_t length = strlen(missing);
		int64_t row = first_row(reading, batches, i);
		snprintf(missing + length, sizeof missing - length, "%s%s (rows %lld to %lld)", length ? ", " : "", entry->file[i].name,
		         (long long)row, (long long)(row + batches.rows - 1));
	}
	return *missing ? mn_fail(err, "%s: missing: %s; nor is %s there", folder, missing, entry->archive.name) : 0;
}

/* The records of batch i that are in the range, into the tensors. */
static int take_records(struct mn_reading *reading, int i, const unsigned char *record, const char *path, const char *sum,
                        struct mn_error *err)
{
	const struct mn_catalog_entry *entry = reading->entry;
	const struct mn_catalog_file *file = &entry->file[i];
	struct batches batches = find_batches(reading);
	size_t pixels = (size_t)entry->channels * (size_t)entry->height * (size_t)entry->width;
	uint8_t *images = mn_stream_find(reading->stream, "images")->data, *labels = mn_stream_find(reading->stream, "labels")->data;
	if (mn_reading_check_sum(reading, file->name, path, sum, file->sha256, err))
		return -1;
	int64_t first = first_row(reading, batches, i);
	for (int64_t r = 0; r < batches.rows; r++, record += 1 + pixels) {
		int64_t to = first + r - reading->range.from;
		if (to < 0 || first + r >= reading->range.to)
			continue;
		if (mn_reading_check_labels(reading, path, record, 1, err))
			return -1;
		labels[to] = record[0];
		memcpy(images + (size_t)to * pixels, record + 1, pixels);
	}
	return 0;
}

static int read_batch_file(struct mn_reading *reading, int i, const char *path, struct mn_error *err)
{
	struct mn_content content;
	char sum[MN_SHA256_TEXT];
	size_t bytes = (size_t)reading->entry->file[i].bytes;
	if (mn_content_open(&content, path, err))
		return -1;
	int status = -1;
	unsigned char *records = malloc(bytes);
	if (!records)
		mn_fail_memory(err, path, bytes);
	else if (!mn_content_read(&content, records, bytes, err) && !mn_content_end(&content, sum, err))
		status = take_records(reading, i, records, path, sum, err);
	mn_content_close(&content); /* before the records go: they may still be hashed */
	free(records);
	return status;
}

struct member_target {
	struct mn_reading *reading;
	const int *batch; /* of the wanted members */
	const char *path;
};

static int take_member(void *arg, int wanted, const unsigned char *data, const char *sum, struct mn_error *err)
{
	const struct member_target *target = arg;
	return take_records(target->reading, target->batch[wanted], data, target->path, sum, err);
}

int mn_reading_cifar(struct mn_reading *reading, const char *folder, struct mn_error *err)
{
	enum { BATCHES_MAX = 16 };
	const struct mn_catalog_entry *entry = reading->entry;
	struct batches batches = find_batches(reading);
	const char *name[BATCHES_MAX];
	int batch[BATCHES_MAX], packed = 0;
	char path[MN_PATH_SIZE];
	if (mn_reading_make_tensors(reading, entry->channels, entry->height, entry->width, err))
		return -1;
	for (int i = batches.first; i < batches.end; i++) {
		if (!find_batch(folder, entry->file[i].name, path)) {
			batch[packed] = i;
			name[packed++] = entry->file[i].name;
		} else if (read_batch_file(reading, i, path, err)) {
			return -1;
		}
	}
	if (packed == 0)
		return 0;
	if (!find_archive(reading, folder, path))
		return mn_reading_cifar_present(reading, folder, err);
	struct member_target target = {reading, batch, path};
	return mn_archive_read(path, archive_folder, name, packed, entry->file[batch[0]].bytes, take_member, &target, err);
}
