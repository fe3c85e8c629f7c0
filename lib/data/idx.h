/* idx.h - the IDX format of MNIST: big-endian magic and sizes, then unsigned bytes (private to lib/data).
 *
 * Format: Y. LeCun, http://yann.lecun.com/exdb/mnist/ : two zero bytes, the type (8: unsigned byte), the number of dimensions, then each
 * dimension as a 32-bit number. */
#ifndef MN_DATA_IDX_H
#define MN_DATA_IDX_H

#include "content.h"

struct mn_idx {
	int64_t rows;
	int height, width; /* 1 and 1 for labels */
};

/* Read the header at the start of the content. Refused: other types, a size of 0, sides above 65535, and sizes that the file cannot hold.
 * 0, or -1 with err. */
int mn_idx_read_images(struct mn_content *content, struct mn_idx *idx, struct mn_error *err);
int mn_idx_read_labels(struct mn_content *content, struct mn_idx *idx, struct mn_error *err);

/* Reads rows from <= i < to into rows [to - from, height*width], skips the others, checks that nothing follows. 0, or -1 with err. */
int mn_idx_read_rows(struct mn_content *content, const struct mn_idx *idx, int64_t from, int64_t to, void *rows,
                     char sha256[MN_SHA256_TEXT], struct mn_error *err);

#endif
