#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	INPUT = 1 << 17,
	CHUNK = 1 << 18,                   /* what is hashed at a time */
	SCRATCHES = MN_DIGEST_WAITING + 2, /* one is filled, one is hashed, the others wait */
	DEFLATE_BEST = 1032,               /* no deflate data expand more than that */
};

/* Up to `bytes` bytes; fewer only at the end of the file. -1 with err. */
static ssize_t read_file(struct mn_content *content, unsigned char *to, size_t bytes, struct mn_error *err)
{
	size_t have = 0;
	while (have < bytes) {
		ssize_t got = read(content->fd, to + have, bytes - have);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return mn_fail(err, "%s: %s", content->path, strerror(errno));
		if (got > 0)
			have += (size_t)got;
	}
	return (ssize_t)have;
}

static int fill_input(struct mn_content *content, struct mn_error *err)
{
	ssize_t got = read_file(content, content->input, INPUT, err);
	if (got < 0)
		return -1;
	content->z.next_in = content->input;
	content->z.avail_in = (unsigned)got;
	return 0;
}

int mn_content_open(struct mn_content *content, const char *path, struct mn_error *err)
{
	*content = (struct mn_content){.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
	if (content->fd < 0)
		return mn_fail(err, "%s: %s", path, strerror(errno));
	struct stat status;
	if (fstat(content->fd, &status)) {
		mn_fail(err, "%s: %s", path, strerror(errno));
		goto failed;
	}
	if (!S_ISREG(status.st_mode)) {
		mn_fail(err, "%s: not a regular file", path);
		goto failed;
	}
	content->input = malloc(INPUT);
	content->scratch = malloc((size_t)SCRATCHES * CHUNK);
	if (!content->input || !content->scratch) {
		mn_fail_memory(err, path, INPUT + (unsigned long long)SCRATCHES * CHUNK);
		goto failed;
	}
	content->digest = mn_digest_new(err);
	if (!content->digest || fill_input(content, err))
		goto failed;
	content->bound = status.st_size;
	if (content->z.avail_in >= 2 && content->input[0] == 0x1f && content->input[1] == 0x8b) {
		if (inflateInit2(&content->z, 15 + 16) != Z_OK) {
			mn_fail_memory(err, path, 1 << 16);
			goto failed;
		}
		content->gzip = true;
		content->bound = status.st_size > INT64_MAX / DEFLATE_BEST ? INT64_MAX : status.st_size * DEFLATE_BEST;
	}
	return 0;
failed:
	mn_content_close(content);
	return -1;
}

/* Inflates until `bytes` bytes are there or the data end; *have says how many came. */
static int inflate_some(struct mn_content *content, unsigned char *to, size_t bytes, size_t *have, struct mn_error *err)
{
	z_stream *z = &content->z;
	z->next_out = to;
	z->avail_out = (unsigned)bytes;
	while (z->avail_out > 0 && !content->ended) {
		if (z->avail_in == 0 && fill_input(content, err))
			return -1;
		if (z->avail_in == 0)
			return mn_fail(err, "%s: ends in the middle of its gzip data", content->path);
		int status = inflate(z, Z_NO_FLUSH);
		if (status == Z_STREAM_END)
			content->ended = true;
		else if (status != Z_OK)
			return mn_fail(err, "%s: damaged gzip data (%s)", content->path, z->msg ? z->msg : zError(status));
	}
	*have = bytes - z->avail_out;
	return 0;
}

static int plain_some(struct mn_content *content, unsigned char *to, size_t bytes, size_t *have, struct mn_error *err)
{
	size_t first = content->z.avail_in < bytes ? content->z.avail_in : bytes;
	memcpy(to, content->z.next_in, first);
	content->z.next_in += first;
	content->z.avail_in -= (unsigned)first;
	ssize_t got = read_file(content, to + first, bytes - first, err);
	if (got < 0)
		return -1;
	*have = first + (size_t)got;
	return 0;
}

static int some(struct mn_content *content, unsigned char *to, size_t bytes, size_t *have, struct mn_error *err)
{
	return content->gzip ? inflate_some(content, to, bytes, have, err) : plain_some(content, to, bytes, have, err);
}

static int read_chunk(struct mn_content *content, unsigned char *to, size_t bytes, struct mn_error *err)
{
	size_t have;
	if (some(content, to, bytes, &have, err))
		return -1;
	if (have < bytes)
		return mn_fail(err, "%s: ends after %lld bytes%s", content->path, (long long)content->got + (long long)have,
		               content->gzip ? " of unpacked content" : "");
	mn_digest_update(content->digest, to, bytes);
	content->got += (int64_t)bytes;
	return 0;
}

int mn_content_read(struct mn_content *content, void *to, size_t bytes, struct mn_error *err)
{
	unsigned char *at = to;
	while (bytes > 0) {
		size_t now = bytes < CHUNK ? bytes : CHUNK;
		if (read_chunk(content, at, now, err))
			return -1;
		at += now;
		bytes -= now;
	}
	return 0;
}

int mn_content_skip(struct mn_content *content, int64_t bytes, struct mn_error *err)
{
	while (bytes > 0) {
		size_t now = bytes < CHUNK ? (size_t)bytes : CHUNK;
		unsigned char *to = content->scratch + (size_t)(content->next_scratch++ % SCRATCHES) * CHUNK;
		if (read_chunk(content, to, now, err))
			return -1;
		bytes -= (int64_t)now;
	}
	return 0;
}

int mn_content_end(struct mn_content *content, char sha256[MN_SHA256_TEXT], struct mn_error *err)
{
	unsigned char more;
	size_t have = 0;
	if (some(content, &more, 1, &have, err))
		return -1;
	if (have > 0)
		return mn_fail(err, "%s: goes on after the %lld bytes that belong to it", content->path, (long long)content->got);
	/* inflate() has verified the member's own CRC and length. */
	if (content->gzip && content->z.avail_in == 0 && fill_input(content, err))
		return -1;
	if (content->gzip && content->z.avail_in > 0)
		return mn_fail(err, "%s: goes on after its gzip data", content->path);
	return mn_digest_finish(content->digest, sha256, err);
}

void mn_content_close(struct mn_content *content)
{
	if (!content->path)
		return;
	mn_digest_free(content->digest);
	if (content->gzip)
		inflateEnd(&content->z);
	if (content->fd >= 0)
		close(content->fd);
	free(content->input);
	free(content->scratch);
	*content = (struct mn_content){0};
}
