/* bytes.h - for fuzz targets whose reader takes the name of a file: the bytes in an unnamed one, or in a pipe. */
#ifndef FUZZ_BYTES_H
#define FUZZ_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* path opens the bytes until bytes_close(fd). An odd number of bytes, at most what a pipe takes, comes through a pipe. */
static inline int bytes_open(const uint8_t *data, size_t size, char path[32])
{
	int ends[2];
	if (size % 2 == 1 && size <= 1 << 16) {
		if (pipe(ends) < 0)
			abort();
	} else if ((ends[0] = ends[1] = memfd_create("bytes", 0)) < 0) {
		abort();
	}
	if (write(ends[1], data, size) != (ssize_t)size)
		abort();
	if (ends[0] != ends[1])
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

#endif
