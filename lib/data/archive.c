#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const int64_t unpacked_max = (int64_t)1 << 30;

struct reading {
	struct archive *archive;
	struct archive_entry *entry; /* of our own: libarchive's would not be missed where memory lacks */
	const char *path;
	const char *folder;
	const char *const *name;
	int count;
	int64_t bytes;
	bool *seen;
	unsigned char *data;
};

static int complain(const struct reading *reading, struct mn_error *err)
{
	const char *text = archive_error_string(reading->archive);
	if (archive_errno(reading->archive) == ENOMEM)
		return mn_fail_memory(err, reading->path, 0);
	return mn_fail(err, "%s: %s", reading->path, text ? text : "not a readable .tar.gz, or out of memory");
}

/* The index of the wanted member of that path; -1 where it is none. */
static int find_wanted(const struct reading *reading, const char *member)
{
	size_t folder = strlen(reading->folder);
	if (strncmp(member, "./", 2) == 0)
		member += 2;
	if (strncmp(member, reading->folder, folder) == 0 && member[folder] == '/')
		member += folder + 1;
	for (int i = 0; i < reading->count; i++)
		if (strcmp(member, reading->name[i]) == 0)
			return i;
	return -1;
}

static int read_member(struct reading *reading, char sha256[MN_SHA256_TEXT], struct mn_error *err)
{
	int64_t have = 0;
	while (have < reading->bytes) {
		la_ssize_t got = archive_read_data(reading->archive, reading->data + have, (size_t)(reading->bytes - have));
		if (got < 0)
			return complain(reading, err);
		if (got == 0)
			return mn_fail(err, "%s: ends in the middle of a member", reading->path);
		have += got;
	}
	struct mn_digest *digest = mn_digest_new(err);
	if (!digest)
		return -1;
	mn_digest_update(digest, reading->data, (size_t)reading->bytes);
	int status = mn_digest_finish(digest, sha256, err);
	mn_digest_free(digest);
	return status;
}

static int take_member(struct reading *reading, struct archive_entry *entry, int wanted, mn_archive_fn *fn, void *arg, struct mn_error *err)
{
	const char *name = reading->name[wanted];
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return mn_fail(err, "%s: member %s is not a regular file", reading->path, name);
	if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) != reading->bytes)
		return mn_fail(err, "%s: member %s has %lld bytes, not %lld", reading->path, name, (long long)archive_entry_size(entry),
		               (long long)reading->bytes);
	char sha256[MN_SHA256_TEXT];
	if (read_member(reading, sha256, err))
		return -1;
	reading->seen[wanted] = true;
	return fn(arg, wanted, reading->data, sha256, err);
}

static int walk(struct reading *reading, mn_archive_fn *fn, void *arg, struct mn_error *err)
{
	struct archive_entry *entry = reading->entry;
	int64_t unpacked = 0;
	for (int missing = reading->count; missing > 0;) {
		int status = archive_read_next_header2(reading->archive, entry);
		if (status == ARCHIVE_EOF) {
			for (int i = 0; i < reading->count; i++)
				if (!reading->seen[i])
					return mn_fail(err, "%s: has no member %s", reading->path, reading->name[i]);
		}
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			return complain(reading, err);
		int64_t bytes = archive_entry_size(entry);
		if (bytes < 0 || bytes > unpacked_max - unpacked)
			return mn_fail(err, "%s: unpacks to more than %lld bytes", reading->path, (long long)unpacked_max);
		unpacked += bytes;
		const char *member = archive_entry_pathname(entry);
		int wanted = member ? find_wanted(reading, member) : -1;
		if (wanted < 0 || reading->seen[wanted])
			continue;
		if (take_member(reading, entry, wanted, fn, arg, err))
			return -1;
		missing--;
	}
	return 0;
}

int mn_archive_read(const char *path, const char *folder, const char *const *name, int count, int64_t bytes, mn_archive_fn *fn, void *arg,
                    struct mn_error *err)
{
	struct reading reading = {.archive = archive_read_new(),
	                          .entry = archive_entry_new(),
	                          .path = path,
	                          .folder = folder,
	                          .name = name,
	                          .count = count,
	                          .bytes = bytes};
	reading.seen = calloc((size_t)count + 1, sizeof *reading.seen);
	reading.data = malloc((size_t)bytes);
	int status = -1;
	if (!reading.archive || !reading.entry || !reading.seen || !reading.data) {
		mn_fail_memory(err, path, (unsigned long long)bytes);
	} else if (archive_read_support_filter_gzip(reading.archive) != ARCHIVE_OK ||
	           archive_read_support_format_tar(reading.archive) != ARCHIVE_OK ||
	           archive_read_open_filename(reading.archive, path, 1 << 17) != ARCHIVE_OK) {
		complain(&reading, err);
	} else {
		status = walk(&reading, fn, arg, err);
	}
	free(reading.seen);
	free(reading.data);
	archive_entry_free(reading.entry);
	archive_read_free(reading.archive);
	return status;
}
