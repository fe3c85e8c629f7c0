#include "mn/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "places.h"
#include "reading.h"

enum { MIRRORS_MAX = 16, TIMEOUT = 30, RETRIES = 3 };

static const char *const split_names[] = {"train", "test"};

static void say(const struct mn_fetch *how, const char *line)
{
	if (how->notices.fn)
		how->notices.fn(how->notices.arg, line);
}

/* Whether a gzip file that is not the download's own unpacks to the same. */
static bool same_content(const void *arg, const char *path)
{
	const struct mn_catalog_file *file = arg;
	struct mn_error ignored;
	struct mn_content content;
	char sum[MN_SHA256_TEXT];
	if (!file->sha256 || mn_content_open(&content, path, &ignored))
		return false;
	bool same = !mn_content_skip(&content, file->bytes, &ignored) && !mn_content_end(&content, sum, &ignored) &&
	            strcmp(sum, file->sha256) == 0;
	mn_content_close(&content);
	return same;
}

static int integer_variable(const char *name, int64_t low, int64_t high, int fallback, int *value, struct mn_error *err)
{
	const char *text = getenv(name);
	int64_t number = fallback;
	if (text && *text && mn_parse_int(text, low, high, &number))
		return mn_misuse(err, "%s=%s: not a whole number from %lld to %lld", name, text, (long long)low, (long long)high);
	*value = (int)number;
	return 0;
}

/* Splits MN_MIRROR at its blanks into list, with a slash at each end; the texts are in *buffer, to be freed. */
static int own_mirrors(const char *text, const char **list, char **buffer, struct mn_error *err)
{
	char *copy = strdup(text), *all = calloc(1, strlen(text) + 2 * MIRRORS_MAX + 2), *rest = copy;
	int count = 0;
	*buffer = all;
	for (char *word; copy && all && (word = strsep(&rest, " \t\n"));) {
		if (!*word)
			continue;
		if (count == MIRRORS_MAX) {
			free(copy);
			return mn_misuse(err, "MN_MIRROR: more than %d addresses", MIRRORS_MAX);
		}
		size_t length = strlen(word);
		list[count++] = all;
		memcpy(all, word, length);
		if (word[length - 1] != '/')
			all[length++] = '/';
		all += length + 1;
	}
	bool failed = !copy || !*buffer;
	free(copy);
	return failed ? mn_fail_memory(err, "MN_MIRROR", strlen(text)) : 0;
}

/* Downloads name (of the catalog's file, or where that is NULL its archive) into the cache. */
static int download(const struct mn_reading *reading, const struct mn_places *places, const char *name, const struct mn_catalog_file *file,
                    struct mn_error *err)
{
	const struct mn_catalog_entry *entry = reading->entry;
	const char *text = getenv("MN_MIRROR"), *list[MIRRORS_MAX + 1] = {0};
	char *buffer = NULL, path[MN_PATH_SIZE];
	if (!*places->cache)
		return mn_fail(err, "%s: no folder for the cache: set MN_CACHE or HOME", entry->name);
	/* A gzip file is hardly larger than its content at the worst. */
	struct mn_download what = {.mirror = entry->mirror,
	                           .path = name,
	                           .folder = places->cache,
	                           .name = name,
	                           .bytes_max = file ? file->bytes + file->bytes / 1000 + 4096 : entry->archive.bytes,
	                           .sha256 = file ? file->gzip_sha256 : entry->archive.sha256,
	                           .same_content = file ? same_content : NULL,
	                           .arg = file,
	                           .progress = reading->how->progress,
	                           .quiet = reading->how->quiet,
	                           .notices = reading->how->notices};
	if (integer_variable("MN_TIMEOUT", 1, 3600, TIMEOUT, &what.timeout, err) ||
	    integer_variable("MN_RETRIES", 0, 1000, RETRIES, &what.retries, err))
		return -1;
	int status = 0;
	if (text && *text) {
		snprintf(path, sizeof path, "%s/%s", entry->name, name);
		what.mirror = list;
		what.path = path;
		status = own_mirrors(text, list, &buffer, err);
	}
	if (status == 0)
		status = mn_download(&what, err);
	free(buffer);
	return status;
}

/* A bad file of the user's own folder ends it, and so does a lack of memory; a bad one of the other folders is passed over, with its error
 * kept for the case that nothing better follows. */
static bool is_end(const struct mn_reading *reading, const struct mn_places *places, struct mn_error *err)
{
	if (places->given || err->status == MN_EXIT_MISUSED || err->memory)
		return true;
	if (!reading->how->offline)
		say(reading->how, err->text);
	return false;
}

static int not_found(const struct mn_reading *reading, const struct mn_places *places, const char *name, struct mn_error *err)
{
	if (err->status) /* there was one, but a bad one */
		return -1;
	if (places->given)
		return mn_fail(err, "%s: %s is missing", places->folder[0].path, name);
	return mn_fail(err, "%s: %s is neither in %s nor in %s, and --offline forbids to download it", reading->how->dataset, name,
	               places->folder[0].path, *places->cache ? places->cache : "a cache");
}

typedef int read_fn(struct mn_reading *reading, const char *path, const struct mn_catalog_file *file, struct mn_error *err);

/* One IDX file of the catalog from the first place that has a good one. */
static int find_and_read(struct mn_reading *reading, const struct mn_places *places, const struct mn_catalog_file *file, read_fn *read,
                         struct mn_error *err)
{
	char path[MN_PATH_SIZE], name[64];
	for (int i = 0; i < places->count; i++) {
		if (!mn_places_find(places->folder[i].path, file->name, path))
			continue;
		if (read(reading, path, file, err) == 0)
			return 0;
		if (is_end(reading, places, err))
			return -1;
	}
	snprintf(name, sizeof name, "%s.gz", file->name);
	if (places->given || reading->how->offline)
		return not_found(reading, places, name, err);
	*err = (struct mn_error){0};
	if (download(reading, places, name, file, err))
		return -1;
	snprintf(path, sizeof path, "%.*s/%s", MN_PATH_SIZE - 80, places->cache, name);
	return read(reading, path, file, err);
}

static int fetch_idx(struct mn_reading *reading, const struct mn_places *places, struct mn_error *err)
{
	const struct mn_catalog_file *file = &reading->entry->file[2 * reading->how->split];
	if (find_and_read(reading, places, &file[0], mn_reading_idx_images, err))
		return -1;
	return find_and_read(reading, places, &file[1], mn_reading_idx_labels, err);
}

static int fetch_cifar(struct mn_reading *reading, const struct mn_places *places, struct mn_error *err)
{
	for (int i = 0; i < places->count; i++) {
		struct mn_error missing = {0};
		if (mn_reading_cifar_present(reading, places->folder[i].path, &missing)) {
			if (places->given)
				*err = missing;
			continue;
		}
		if (mn_reading_cifar(reading, places->folder[i].path, err) == 0)
			return 0;
		if (is_end(reading, places, err))
			return -1;
	}
	if (places->given || reading->how->offline)
		return not_found(reading, places, reading->entry->archive.name, err);
	*err = (struct mn_error){0};
	if (download(reading, places, reading->entry->archive.name, NULL, err))
		return -1;
	return mn_reading_cifar(reading, places->cache, err);
}

static int fetch_any_idx(struct mn_reading *reading, struct mn_error *err)
{
	char images[MN_PATH_SIZE], labels[MN_PATH_SIZE];
	const struct mn_fetch *how = reading->how;
	if (!how->from)
		return mn_misuse(err, "idx: --from must name the folder of the IDX files");
	if (mn_places_match(how->from, "images", "idx3", how->split, images, err) ||
	    mn_places_match(how->from, "labels", "idx1", how->split, labels, err) || mn_reading_idx_images(reading, images, NULL, err))
		return -1;
	return mn_reading_idx_labels(reading, labels, NULL, err);
}

static int fill(struct mn_reading *reading, struct mn_error *err)
{
	const struct mn_fetch *how = reading->how;
	struct mn_places places;
	if (!reading->entry)
		return fetch_any_idx(reading, err);
	if (mn_reading_set_rows(reading, reading->entry->rows[how->split], err) || mn_places_make(&places, how->dataset, how->from, err))
		return -1;
	return reading->entry->format == MN_FORMAT_CIFAR ? fetch_cifar(reading, &places, err) : fetch_idx(reading, &places, err);
}

static int describe(struct mn_stream *stream, const struct mn_reading *reading, struct mn_error *err)
{
	char *sums = mn_json_text(reading->sums, true);
	int status = -1;
	if (!sums)
		mn_fail_memory(err, reading->how->dataset, 0);
	else if (!mn_stream_set(stream, "kind", "dataset", err) && !mn_stream_set(stream, "dataset", reading->how->dataset, err) &&
	         !mn_stream_set(stream, "split", split_names[reading->how->split], err) &&
	         !mn_stream_setf(stream, err, "classes", "%d", reading->classes))
		status = mn_stream_set(stream, "source_sha256", sums, err);
	free(sums);
	return status;
}

int mn_fetch(struct mn_stream *stream, const struct mn_fetch *how, struct mn_error *err)
{
	const struct mn_catalog_entry *entry = mn_catalog_find(how->dataset);
	*stream = (struct mn_stream){0};
	if (!entry && strcmp(how->dataset, "idx") != 0)
		return mn_misuse(err, "'%s' is none of the data sets that --list names", how->dataset);
	if (mn_stream_new(stream, how->dataset, err))
		return -1;
	struct mn_reading reading = {
	        .how = how, .entry = entry, .stream = stream, .classes = entry ? entry->classes : 1, .sums = json_object()};
	int status = reading.sums ? fill(&reading, err) : mn_fail_memory(err, how->dataset, 0);
	if (status == 0)
		status = describe(stream, &reading, err);
	json_decref(reading.sums);
	if (status)
		mn_stream_free(stream);
	return status;
}
