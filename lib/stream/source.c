#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	BUFFER_BYTES = 1 << 17,
	GROWTH_START = 1 << 20,
	INFLATE_MOST = 1 << 30, /* zlib counts in unsigned int */
	PEEKED = 9,
};

/* One read(2), repeated where a signal cut in. */
static int read_some(struct source *source, void *to, size_t n, size_t *got, struct mn_error *err)
{
	ssize_t r;
	do
		r = read(source->fd, to, n);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return mn_fail(err, "%s: %s", source->name, strerror(errno));
	*got = (size_t)r;
	return 0;
}

/* Fills the empty buffer; have == 0 afterwards: the input is at its end. */
static int refill(struct source *source, struct mn_error *err)
{
	source->at = source->have = 0;
	return read_some(source, source->buffer, BUFFER_BYTES, &source->have, err);
}

/* Reads ahead far enough to tell gzip from a header length. */
static int peek(struct source *source, struct mn_error *err)
{
	size_t got = 1;
	while (source->have < PEEKED && got > 0) {
		if (read_some(source, source->buffer + source->have, BUFFER_BYTES - source->have, &got, err) < 0)
			return -1;
		source->have += got;
	}
	if (source->have == 0)
		return mn_fail(err, "%s: empty input", source->name);
	return 0;
}

/* A header of 559903 bytes begins with the same three bytes; but then its ninth is '{', which gzip never has there. */
static bool is_gzip(const struct source *source)
{
	const unsigned char *b = source->buffer;
	return source->have >= 3 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8 && !(source->have >= PEEKED && b[PEEKED - 1] == '{');
}

static int64_t size_of_rest(int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return -1;
	off_t at = lseek(fd, 0, SEEK_CUR);
	return at < 0 || at > st.st_size ? -1 : st.st_size - at;
}

int source_open(struct source *source, const char *path, const char *name, struct mn_error *err)
{
	*source = (struct source){.name = name, .size = -1};
	if (!path || strcmp(path, "-") == 0) {
		if (isatty(STDIN_FILENO))
			return mn_misuse(err, "standard input is a terminal: name a file or pipe one in");
		source->fd = STDIN_FILENO;
	} else {
		source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (source->fd < 0)
			return mn_fail(err, "%s: %s", name, strerror(errno));
	}
	source->size = size_of_rest(source->fd);
	source->buffer = calloc(1, BUFFER_BYTES);
	if (!source->buffer) {
		mn_fail_memory(err, name, BUFFER_BYTES);
		goto fail;
	}
	if (peek(source, err) < 0)
		goto fail;
	if (is_gzip(source)) {
		if (inflateInit2(&source->z, 31) != Z_OK) {
			mn_fail_memory(err, name, sizeof source->z);
			goto fail;
		}
		source->gzip = true;
		source->size = -1;
	}
	return 0;
fail:
	source_close(source);
	return -1;
}

void source_close(struct source *source)
{
	if (source->gzip)
		inflateEnd(&source->z);
	free(source->buffer);
	if (source->fd != STDIN_FILENO)
		close(source->fd);
	*source = (struct source){.fd = STDIN_FILENO};
}

/* The gzip stream is complete: nothing may follow it. */
static int check_gzip_end(struct source *source, struct mn_error *err)
{
	source->ended = true;
	if (source->at == source->have && refill(source, err) < 0)
		return -1;
	if (source->at == source->have)
		return 0;
	if (source->buffer[source->at] == 0x1f)
		return mn_fail(err, "%s: a second gzip member follows the first", source->name);
	return mn_fail(err, "%s: garbage follows the gzip data", source->name);
}

static int read_gzip(struct source *source, unsigned char *to, size_t n, size_t *got, struct mn_error *err)
{
	z_stream *z = &source->z;
	*got = 0;
	while (*got < n && !source->ended) {
		if (source->at == source->have && refill(source, err) < 0)
			return -1;
		size_t room = n - *got < INFLATE_MOST ? n - *got : INFLATE_MOST;
		z->next_in = source->buffer + source->at;
		z->avail_in = (uInt)(source->have - source->at);
		z->next_out = to + *got;
		z->avail_out = (uInt)room;
		bool dry = z->avail_in == 0;
		int status = inflate(z, Z_NO_FLUSH);
		source->at = source->have - z->avail_in;
		*got += room - z->avail_out;
		if (status == Z_STREAM_END) {
			if (check_gzip_end(source, err) < 0)
				return -1;
		} else if (status == Z_MEM_ERROR) {
			return mn_fail_memory(err, source->name, 1 << 15);
		} else if (status != Z_OK && status != Z_BUF_ERROR) {
			return mn_fail(err, "%s: damaged gzip data: %s", source->name, z->msg ? z->msg : "a preset dictionary is needed");
		} else if (dry && z->avail_out > 0) {
			return mn_fail(err, "%s: gzip data are cut short", source->name);
		}
	}
	return 0;
}

static int read_plain(struct source *source, unsigned char *to, size_t n, size_t *got, struct mn_error *err)
{
	*got = 0;
	while (*got < n) {
		size_t ready = source->have - source->at, want = n - *got, some;
		if (ready > 0) {
			some = ready < want ? ready : want;
			memcpy(to + *got, source->buffer + source->at, some);
			source->at += some;
		} else if (want >= BUFFER_BYTES) {
			if (read_some(source, to + *got, want, &some, err) < 0)
				return -1;
			if (some == 0)
				break;
		} else {
			if (refill(source, err) < 0)
				return -1;
			if (source->have == 0)
				break;
			some = 0;
		}
		*got += some;
	}
	return 0;
}

int source_read(struct source *source, void *to, size_t n, size_t *got, struct mn_error *err)
{
	int status = source->gzip ? read_gzip(source, to, n, got, err) : read_plain(source, to, n, got, err);
	source->count += *got;
	return status;
}

int source_take(struct source *source, uint64_t n, void **data, size_t *got, struct mn_error *err)
{
	unsigned char *buffer = NULL;
	size_t room = 0, some = 0;
	/* Where the input's size is known, that is the bound; else the buffer doubles as it fills. */
	uint64_t first = GROWTH_START;
	if (source->size >= 0)
		first = (uint64_t)source->size > source->count ? (uint64_t)source->size - source->count : 1;
	*data = NULL;
	*got = 0;
	do {
		uint64_t wanted = room ? (uint64_t)room * 2 : first;
		room = (size_t)(wanted < n ? wanted : n);
		unsigned char *larger = realloc(buffer, room ? room : 1);
		if (!larger) {
			free(buffer);
			return mn_fail_memory(err, source->name, room);
		}
		buffer = larger;
		if (source_read(source, buffer + *got, room - *got, &some, err) < 0) {
			free(buffer);
			return -1;
		}
		*got += some;
	} while (*got == room && room < n);
	*data = buffer;
	return 0;
}
