#include "idx.h"

enum { UNSIGNED_BYTE = 8, SIDE_MAX = 65535 };

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The magic and the sizes; what: "images" or "labels". */
static int read_header(struct mn_content *content, int rank, const char *what, uint32_t *size, struct mn_error *err)
{
	/* The content keeps these bytes until they are hashed: the scratch is its own. */
	unsigned char *header = content->scratch;
	size_t bytes = 4 + 4 * (size_t)rank;
	content->next_scratch = 1;
	if (mn_content_read(content, header, bytes, err))
		return -1;
	if (header[0] || header[1] || header[2] != UNSIGNED_BYTE || header[3] != rank)
		return mn_fail(err, "%s: not an IDX file of %s (begins %02x %02x %02x %02x, not 00 00 08 %02x)", content->path, what,
		               header[0], header[1], header[2], header[3], (unsigned)rank);
	for (int i = 0; i < rank; i++) {
		size[i] = big_endian(header + 4 + (size_t)4 * (size_t)i);
		if (size[i] == 0)
			return mn_fail(err, "%s: a size of 0", content->path);
	}
	return 0;
}

int mn_idx_read_images(struct mn_content *content, struct mn_idx *idx, struct mn_error *err)
{
	uint32_t size[3];
	if (read_header(content, 3, "images", size, err))
		return -1;
	if (size[1] > SIDE_MAX || size[2] > SIDE_MAX)
		return mn_fail(err, "%s: images of %u x %u pixels are too large", content->path, size[1], size[2]);
	uint64_t pixels = (uint64_t)size[1] * size[2];
	if (size[0] > (uint64_t)content->bound / pixels)
		return mn_fail(err, "%s: claims %u images of %u x %u pixels, more than the file can hold", content->path, size[0], size[1],
		               size[2]);
	*idx = (struct mn_idx){size[0], (int)size[1], (int)size[2]};
	return 0;
}

int mn_idx_read_labels(struct mn_content *content, struct mn_idx *idx, struct mn_error *err)
{
	uint32_t size[1];
	if (read_header(content, 1, "labels", size, err))
		return -1;
	if (size[0] > (uint64_t)content->bound)
		return mn_fail(err, "%s: claims %u labels, more than the file can hold", content->path, size[0]);
	*idx = (struct mn_idx){size[0], 1, 1};
	return 0;
}

int mn_idx_read_rows(struct mn_content *content, const struct mn_idx *idx, int64_t from, int64_t to, void *rows,
                     char sha256[MN_SHA256_TEXT], struct mn_error *err)
{
	int64_t pixels = (int64_t)idx->height * idx->width;
	if (mn_content_skip(content, from * pixels, err) || mn_content_read(content, rows, (size_t)((to - from) * pixels), err) ||
	    mn_content_skip(content, (idx->rows - to) * pixels, err))
		return -1;
	return mn_content_end(content, sha256, err);
}
