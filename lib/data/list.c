/* The table of mn-fetch --list. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mn/fetch.h"
#include "places.h"

/* How many of the data set's files the folder has; all of them where it has the archive. */
static int count_files(const struct mn_catalog_entry *entry, const char *folder)
{
	char path[MN_PATH_SIZE];
	int found = 0;
	if (entry->archive.name && mn_places_find(folder, entry->archive.name, path))
		return entry->files;
	for (int i = 0; i < entry->files; i++)
		found += mn_places_find(folder, entry->file[i].name, path);
	return found;
}

static void print_where(FILE *file, const struct mn_catalog_entry *entry, const struct mn_places *places)
{
	bool said = false;
	for (int i = 0; i < places->count; i++) {
		int found = count_files(entry, places->folder[i].path);
		if (found == 0)
			continue;
		fprintf(file, "%s%s", said ? "; " : "", places->folder[i].path);
		said = true;
		if (found == entry->files)
			break;
		fprintf(file, " (%d of %d files)", found, entry->files);
	}
	fprintf(file, "%s\n", said ? "" : places->given ? "-" : "to be downloaded");
}

int mn_fetch_list(FILE *file, const char *from, struct mn_error *err)
{
	const char *line = "%-14s %6s %6s  %-8s  %-13s  %s\n";
	fprintf(file, line, "name", "train", "test", "image", "licence", "found in");
	for (int i = 0; mn_catalog(i); i++) {
		const struct mn_catalog_entry *entry = mn_catalog(i);
		struct mn_places places;
		char image[64];
		if (mn_places_make(&places, entry->name, from, err))
			return -1;
		snprintf(image, sizeof image, "%dx%dx%d", entry->channels, entry->height, entry->width);
		fprintf(file, "%-14s %6lld %6lld  %-8s  %-13s  ", entry->name, (long long)entry->rows[MN_SPLIT_TRAIN],
		        (long long)entry->rows[MN_SPLIT_TEST], image, entry->licence);
		print_where(file, entry, &places);
	}
	fprintf(file, line, "idx", "any", "any", "1xHxW", "-", "the IDX files in --from DIR");
	return ferror(file) ? mn_fail(err, "cannot write the list: %s", strerror(errno)) : 0;
}
