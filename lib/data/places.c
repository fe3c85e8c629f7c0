#include "places.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char system_folder[] = "/usr/share/datasets";

/* The value of an environment variable that is set and not empty; NULL otherwise. */
static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static bool print_path(char path[MN_PATH_SIZE], const char *first, const char *second, const char *third)
{
	int length = snprintf(path, MN_PATH_SIZE, "%s%s%s", first, second, third);
	return length >= 0 && length < MN_PATH_SIZE;
}

static bool cache_path(char path[MN_PATH_SIZE], const char *name)
{
	const char *base;
	if ((base = variable("MN_CACHE")))
		return print_path(path, base, "/", name);
	if ((base = variable("XDG_CACHE_HOME")))
		return print_path(path, base, "/mn/", name);
	if ((base = variable("HOME")))
		return print_path(path, base, "/.cache/mn/", name);
	*path = 0;
	return true;
}

int mn_places_make(struct mn_places *places, const char *name, const char *from, struct mn_error *err)
{
	*places = (struct mn_places){.given = from != NULL};
	const char *system = variable("MN_DATASETS");
	bool fits = cache_path(places->cache, name);
	if (from) {
		places->count = 1;
		places->folder[0].what = "--from";
		fits &= print_path(places->folder[0].path, from, "", "");
	} else {
		places->count = *places->cache ? 2 : 1;
		places->folder[0].what = "system";
		places->folder[1].what = "cache";
		fits &= print_path(places->folder[0].path, system ? system : system_folder, "/", name);
		memcpy(places->folder[1].path, places->cache, MN_PATH_SIZE);
	}
	return fits ? 0 : mn_fail(err, "%s: the name of its folder is too long", name);
}

bool mn_places_find(const char *folder, const char *name, char path[MN_PATH_SIZE])
{
	char dotted[MN_PATH_SIZE];
	snprintf(dotted, sizeof dotted, "%s", name);
	char *dash = strstr(dotted, "-idx");
	if (dash)
		*dash = '.';
	for (int i = 0; i < (dash ? 4 : 2); i++) {
		int length = snprintf(path, MN_PATH_SIZE, "%s/%s%s", folder, i < 2 ? name : dotted, i % 2 ? ".gz" : "");
		if (length > 0 && length < MN_PATH_SIZE && access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* 2: says that it is of the split; 1: says nothing; 0: of the other one. */
static int split_of_name(const char *name, int split)
{
	bool train = strstr(name, "train"), test = strstr(name, "t10k") || strstr(name, "test");
	if (!train && !test)
		return split == MN_SPLIT_TRAIN ? 1 : 0;
	return (split == MN_SPLIT_TRAIN ? train : test) ? 2 : 0;
}

static bool is_match(const char *name, const char *what, const char *format)
{
	size_t length = strlen(name);
	bool part = length > 5 && strcmp(name + length - 5, ".part") == 0;
	return name[0] != '.' && !part && strstr(name, what) && strstr(name, format);
}

/* Whether longer is shorter with .gz after it. */
static bool is_packed(const char *shorter, const char *longer)
{
	size_t length = strlen(shorter);
	return strncmp(longer, shorter, length) == 0 && strcmp(longer + length, ".gz") == 0;
}

/* Keeps the better of best and name; *doubtful where neither is. */
static void choose(char best[NAME_MAX + 1], int *best_fit, const char *name, int fit, char doubtful[NAME_MAX + 1])
{
	if (fit < *best_fit || (fit == *best_fit && is_packed(best, name)))
		return;
	if (fit == *best_fit && !is_packed(name, best)) {
		snprintf(doubtful, NAME_MAX + 1, "%s", name);
		return;
	}
	if (fit > *best_fit)
		*doubtful = 0;
	*best_fit = fit;
	snprintf(best, NAME_MAX + 1, "%s", name);
}

int mn_places_match(const char *folder, const char *what, const char *format, int split, char path[MN_PATH_SIZE], struct mn_error *err)
{
	static const char *const split_name[] = {"train", "test"};
	char best[NAME_MAX + 1] = "", doubtful[NAME_MAX + 1] = "";
	int fit = 0;
	DIR *entries = opendir(folder);
	if (!entries)
		return mn_fail(err, "%s: %s", folder, strerror(errno));
	for (struct dirent *entry; (entry = readdir(entries));) {
		int now = is_match(entry->d_name, what, format) ? split_of_name(entry->d_name, split) : 0;
		if (now > 0)
			choose(best, &fit, entry->d_name, now, doubtful);
	}
	closedir(entries);
	if (fit == 0)
		return mn_fail(err, "%s: has no file of the %s split's %s (a name with '%s' and '%s', and %s)", folder, split_name[split],
		               what, what, format, split == MN_SPLIT_TRAIN ? "'train'" : "'t10k' or 'test'");
	if (*doubtful)
		return mn_fail(err, "%s: both %s and %s could be the %s split's %s", folder, best, doubtful, split_name[split], what);
	return print_path(path, folder, "/", best) ? 0 : mn_fail(err, "%s: the name is too long", folder);
}
