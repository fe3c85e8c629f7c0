/* Any bytes as a .tar.gz: refused, or each wanted member comes once, with as many bytes as it must have. */
#include "../../lib/data/archive.h"
#include "bytes.h"

enum { WANTED = 2, BYTES = 5 };

static int take(void *arg, int wanted, const unsigned char *data, const char *sha256, struct mn_error *err)
{
	int *seen = arg;
	unsigned sum = 0;
	DEMAND(wanted >= 0 && wanted < WANTED && ++seen[wanted] == 1 && strlen(sha256) == MN_SHA256_TEXT - 1);
	for (int i = 0; i < BYTES; i++)
		sum += data[i];
	return sum == 0 ? mn_fail(err, "nothing but zeros") : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const name[WANTED] = {"one", "two"};
	int seen[WANTED] = {0};
	struct mn_error err = {0};
	char path[32];
	int fd = bytes_open_file(data, size, path);
	if (mn_archive_read(path, "folder", name, WANTED, BYTES, take, seen, &err) == 0)
		DEMAND(seen[0] == 1 && seen[1] == 1);
	else if (strcmp(err.text, "nothing but zeros") != 0)
		demand_refusal(&err, path);
	close(fd);
	return 0;
}
