#include "mn/attainable.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct row {
	const unsigned char *pixels;
	size_t bytes;
	uint32_t crc;
	uint8_t label;
};

/* Identical images together, by label among themselves. The CRC decides all but a few comparisons. */
static int compare_images(const struct row *a, const struct row *b)
{
	if (a->crc != b->crc)
		return a->crc < b->crc ? -1 : 1;
	return memcmp(a->pixels, b->pixels, a->bytes);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = compare_images(x, y);
	return order ? order : x->label - y->label;
}

int mn_least_errors(const struct mn_dataset *data, int64_t *errors, struct mn_error *err)
{
	size_t n = (size_t)data->rows, bytes = mn_dataset_pixels(data) * mn_dtype_size(data->dtype);
	struct row *row = calloc(n, sizeof *row);
	if (!row)
		return mn_fail_memory(err, data->stream.name, n * sizeof *row);
	for (size_t i = 0; i < n; i++) {
		const unsigned char *pixels = (const unsigned char *)data->images + i * bytes;
		row[i] = (struct row){pixels, bytes, (uint32_t)crc32_z(0, pixels, bytes), data->labels[i]};
	}
	qsort(row, n, sizeof *row, compare_rows);
	*errors = 0;
	for (size_t first = 0, end; first < n; first = end) {
		size_t most = 0, run = 0;
		for (end = first; end < n && compare_images(&row[first], &row[end]) == 0; end++) {
			run = end > first && row[end].label == row[end - 1].label ? run + 1 : 1;
			most = run > most ? run : most;
		}
		*errors += (int64_t)(end - first - most);
	}
	free(row);
	return 0;
}
