/* JSON in and out by jansson, whose lack of memory is noticed here: jansson 2.14 leaves out of a text what it has no memory for, and goes
 * on. */
#include <stdlib.h>
#include <string.h>

#include "header.h"

static _Thread_local bool lacked;

static void *allocate(size_t bytes)
{
	void *made = malloc(bytes);
	if (!made)
		lacked = true;
	return made;
}

static void watch(void)
{
	json_set_alloc_funcs(allocate, free);
	lacked = false;
}

json_t *json_read(const char *text, size_t length, const char *name, json_error_t *trouble, struct mn_error *err)
{
	watch();
	json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, trouble);
	if (!lacked)
		return value;
	json_decref(value);
	mn_fail_memory(err, name, length);
	return NULL;
}

char *mn_json_text(const json_t *value, bool sorted)
{
	watch();
	char *text = value ? json_dumps(value, JSON_COMPACT | (sorted ? JSON_SORT_KEYS : 0)) : NULL;
	if (!lacked)
		return text;
	free(text);
	return NULL;
}

json_t *mn_stream_get_json(const struct mn_stream *stream, const char *key, const char *fallback, struct mn_error *err)
{
	json_error_t trouble;
	const char *text = mn_stream_get(stream, key, fallback);
	err->status = 0;
	json_t *value = json_read(text, strlen(text), stream->name, &trouble, err);
	if (!value && !err->status)
		mn_fail(err, "%s: mn.%s is not JSON: %s", stream->name, key, trouble.text);
	return value;
}
