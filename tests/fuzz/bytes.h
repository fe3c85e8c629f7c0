/* bytes.h - for fuzz targets whose reader takes the name of a file: the bytes in an unnamed one, or in a pipe. */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mn/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void bytes_put(int fd, const uint8_t *data, size_t size, char path[32])
{
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
}

/* path opens the bytes, as a regular file, until close(fd). */
static inline int bytes_open_file(const uint8_t *data, size_t size, char path[32])
{
	int fd = memfd_create("bytes", 0);
	bytes_put(fd, data, size, path);
	return fd;
}

/* The same for a reader that takes pipes too: an odd number of bytes, at most what a pipe takes, comes through one. */
static inline int bytes_open(const uint8_t *data, size_t size, char path[32])
{
	int ends[2];
	if (size % 2 == 0 || size > 1 << 16)
		return bytes_open_file(data, size, path);
	if (pipe(ends) < 0)
		abort();
	bytes_put(ends[1], data, size, path);
	close(ends[1]);
	snprintf(path, 32, "/proc/self/fd/%d", ends[0]);
	return ends[0];
}

/* What a reader says must be one line that names the file, and nothing may be left of what it read. */
#define DEMAND(holds)                                                                                                                      \
	do {                                                                                                                               \
		if (!(holds)) {                                                                                                            \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds);                                                \
			abort();                                                                                                           \
		}                                                                                                                          \
	} while (0)

/* The error of a refusal: one line that begins with the name. */
static inline void demand_refusal(const struct mn_error *err, const char *name)
{
	DEMAND(err->status == MN_EXIT_FAILED && strncmp(err->text, name, strlen(name)) == 0 && !strchr(err->text, '\n'));
}

#endif
