/* Any bytes as gzip data: the reader of streams and that of raw files agree on whether they are whole, and on what they unpack to. */
#include "../../lib/data/content.h"
#include "../../lib/stream/source.h"
#include "bytes.h"

enum { MOST = 1 << 24 };

/* Whether the file unpacks to `want` bytes and no more: to data where that is not NULL. */
static bool content_is(const char *path, const unsigned char *data, size_t want)
{
	struct mn_content content;
	struct mn_error err = {0};
	char sum[MN_SHA256_TEXT];
	unsigned char *got = malloc(want + 1);
	DEMAND(got);
	if (mn_content_open(&content, path, &err)) {
		demand_refusal(&err, path);
		free(got);
		return false;
	}
	bool is = mn_content_read(&content, got, want, &err) == 0 && mn_content_end(&content, sum, &err) == 0;
	if (!is)
		demand_refusal(&err, path);
	DEMAND(content.got <= content.bound);
	mn_content_close(&content);
	DEMAND(!is || !data || memcmp(data, got, want) == 0);
	free(got);
	return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct source source;
	struct mn_error err = {0};
	char path[32], raw[32];
	void *data = NULL;
	size_t got = 0;
	int fd = bytes_open(bytes, size, path);
	if (source_open(&source, path, path, &err)) {
		demand_refusal(&err, path);
		close(fd);
		return 0;
	}
	int status = source_take(&source, MOST, &data, &got, &err);
	bool whole = status == 0 && got < MOST, gzip = source.gzip;
	if (status)
		demand_refusal(&err, path);
	source_close(&source);
	close(fd);
	fd = bytes_open_file(bytes, size, raw);
	if (gzip && whole)
		DEMAND(content_is(raw, data, got));
	else if (gzip && status)
		DEMAND(!content_is(raw, NULL, size));
	else if (!gzip && !(size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b))
		DEMAND(whole && got == size && memcmp(data, bytes, size) == 0 && content_is(raw, data, got));
	free(data);
	close(fd);
	return 0;
}
