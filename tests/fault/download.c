/* download MIRROR NAME FOLDER SHA256 BYTES - gets a file as mn-fetch would. */
#include <stdio.h>
#include <stdlib.h>

#include "mn/download.h"

int main(int argc, char **argv)
{
	struct mn_error err = {0};
	if (argc != 6)
		return 2;
	const char *const mirrors[] = {argv[1], NULL};
	struct mn_download what = {.mirror = mirrors,
	                           .path = argv[2],
	                           .folder = argv[3],
	                           .name = argv[2],
	                           .bytes_max = strtoll(argv[5], NULL, 10),
	                           .sha256 = argv[4],
	                           .timeout = 5,
	                           .progress = "never"};
	if (mn_download(&what, &err) == 0)
		return 0;
	fprintf(stderr, "download: %s\n", err.text);
	return 1;
}
