/* JSON in and out by jansson, whose lack of memory is noticed here: jansson 2.14 leaves out of a text what it has no memory for and goes
 * on, or ends in an assertion. So it is helped out from a reserve, and what it makes is thrown away.
 *
 * jansson's allocators get no argument, so what they need to know is the thread's, and not the caller's. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "header.h"

static _Thread_local struct {
	bool working, lacked;
	size_t used;
	_Alignas(16) unsigned char room[1 << 18];
} reserve;

static void *allocate(size_t bytes)
{
	void *made = malloc(bytes);
	if (made || !reserve.working)
		return made;
	reserve.lacked = true;
	if (bytes > sizeof reserve.room - reserve.used)
		return NULL;
	made = reserve.room + reserve.used;
	reserve.used += (bytes + 15) / 16 * 16;
	return made;
}

static void release(void *made)
{
	uintptr_t at = (uintptr_t)made, room = (uintptr_t)reserve.room;
	if (at < room || at >= room + sizeof reserve.room)
		free(made);
}

static void begin(void)
{
	json_set_alloc_funcs(allocate, release);
	reserve.working = true;
	reserve.lacked = false;
	reserve.used = 0;
}

static bool end_lacked(void)
{
	reserve.working = false;
	return reserve.lacked;
}

json_t *json_read(const char *text, size_t length, const char *name, json_error_t *trouble, struct mn_error *err)
{
	begin();
	json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, trouble);
	if (!end_lacked())
		return value;
	json_decref(value);
	mn_fail_memory(err, name, length);
	return NULL;
}

char *mn_json_text(const json_t *value, bool sorted)
{
	begin();
	char *text = value ? json_dumps(value, JSON_COMPACT | (sorted ? JSON_SORT_KEYS : 0)) : NULL;
	if (!end_lacked())
		return text;
	release(text);
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
