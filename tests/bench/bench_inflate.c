/* bench_inflate FILE... - inflates gzip files into memory by zlib, CRC-32 included, and prints the CRC-32 of the last one's bytes behind
 * its first 16: of an IDX file of images, what a stream's header has to say of them. */
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "bench.h"

enum { HEADER = 16, READ = 1 << 16 };

static unsigned char *inflate_file(const char *path, size_t *length)
{
	static unsigned char in[READ];
	size_t room = 1 << 26;
	unsigned char *out = malloc(room);
	z_stream z = {.next_out = out, .avail_out = (unsigned)room};
	FILE *file = fopen(path, "rbe");
	if (!file || !out || inflateInit2(&z, 15 + 16) != Z_OK)
		bench_fail(path, "cannot be read");
	int status = Z_OK;
	while (status == Z_OK) {
		if (z.avail_in == 0) {
			z.next_in = in;
			z.avail_in = (unsigned)fread(in, 1, sizeof in, file);
		}
		status = inflate(&z, Z_NO_FLUSH);
	}
	if (status != Z_STREAM_END)
		bench_fail(path, "is not a whole gzip file of up to 64 MiB");
	*length = z.total_out;
	inflateEnd(&z);
	fclose(file);
	return out;
}

int main(int argc, char **argv)
{
	unsigned long crc = 0;
	for (int i = 1; i < argc; i++) {
		size_t length;
		unsigned char *bytes = inflate_file(argv[i], &length);
		if (i + 1 == argc && length > HEADER)
			crc = crc32(0, bytes + HEADER, (unsigned)(length - HEADER));
		free(bytes);
	}
	printf("%lu\n", crc);
	return 0;
}
