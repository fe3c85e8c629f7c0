/* replay.c FILE... - gives files to a fuzz target where there is no libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		return 1;
	}
	size_t size = (size_t)ftell(file);
	uint8_t *data = malloc(size + 1);
	rewind(file);
	int status = !data || fread(data, 1, size, file) != size;
	if (status == 0)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	fclose(file);
	return status;
}

int main(int argc, char **argv)
{
	int status = 0;
	for (int i = 1; i < argc; i++)
		status |= replay(argv[i]);
	return status;
}
