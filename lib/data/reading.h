/* reading.h - files into the tensors of one data set (private to lib/data). */
#ifndef MN_DATA_READING_H
#define MN_DATA_READING_H

#include "mn/fetch.h"
#include "places.h"

struct mn_reading {
	const struct mn_fetch *how;
	const struct mn_catalog_entry *entry; /* NULL: any IDX files */
	struct mn_stream *stream;             /* has its three tensors once the sizes are known */
	int64_t rows;                         /* of the whole split */
	struct mn_range range;                /* the rows asked for */
	int height, width, classes;
	json_t *sums; /* SHA-256 by what was hashed */
};

/* Sets rows and range; status 2 where the range goes past the rows. */
int mn_reading_set_rows(struct mn_reading *reading, int64_t rows, struct mn_error *err);

/* Makes the tensors, unless an earlier file that turned out bad did. */
int mn_reading_make_tensors(struct mn_reading *reading, int channels, int height, int width, struct mn_error *err);

/* Notes the SHA-256 of what was read from path; -1 where it is not the wanted one (NULL: any will do). */
int mn_reading_check_sum(struct mn_reading *reading, const char *what, const char *path, const char *sum, const char *wanted,
                         struct mn_error *err);

/* -1 where one of labels[0..count) has no class. */
int mn_reading_check_labels(const struct mn_reading *reading, const char *path, const uint8_t *labels, int64_t count, struct mn_error *err);

/* One IDX file of the split into the stream: file is its catalog row, or NULL. The images must come first. 0, or -1 with err. */
int mn_reading_idx_images(struct mn_reading *reading, const char *path, const struct mn_catalog_file *file, struct mn_error *err);
int mn_reading_idx_labels(struct mn_reading *reading, const char *path, const struct mn_catalog_file *file, struct mn_error *err);

/* Whether the range can be served from the folder: each batch that it touches is there as a .bin file, or the archive is. Where not, err
 * names what is missing. */
int mn_reading_cifar_present(const struct mn_reading *reading, const char *folder, struct mn_error *err);
/* Reads what the range touches from the folder. 0, or -1 with err. */
int mn_reading_cifar(struct mn_reading *reading, const char *folder, struct mn_error *err);

#endif
