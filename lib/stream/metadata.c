#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mn/options.h"
#include "mn/stream.h"

enum { KEY_ROOM = 128 };

const char *mn_stream_get(const struct mn_stream *stream, const char *key, const char *fallback)
{
	char full[KEY_ROOM];
	snprintf(full, sizeof full, "mn.%s", key);
	const char *value = json_string_value(json_object_get(stream->metadata, full));
	return value ? value : fallback;
}

int mn_stream_set(struct mn_stream *stream, const char *key, const char *value, struct mn_error *err)
{
	char full[KEY_ROOM];
	snprintf(full, sizeof full, "mn.%s", key);
	if (json_object_set_new(stream->metadata, full, json_string(value)) < 0)
		return mn_fail(err, "%s: cannot set %s: not UTF-8, or out of memory", stream->name, full);
	return 0;
}

int mn_stream_setf(struct mn_stream *stream, struct mn_error *err, const char *key, const char *format, ...)
{
	va_list args;
	char *value;
	va_start(args, format);
	int length = vasprintf(&value, format, args);
	va_end(args);
	if (length < 0)
		return mn_fail_memory(err, stream->name, strlen(format));
	int status = mn_stream_set(stream, key, value, err);
	free(value);
	return status;
}

int mn_stream_inherit(struct mn_stream *stream, const struct mn_stream *from, struct mn_error *err)
{
	static const char *const own[] = {"mn.kind", "mn.format", "mn.crc32"};
	const char *key;
	json_t *value;
	json_object_foreach (from->metadata, key, value) {
		bool skip = json_object_get(stream->metadata, key) != NULL;
		for (size_t i = 0; i < sizeof own / sizeof *own; i++)
			skip |= strcmp(key, own[i]) == 0;
		if (!skip && json_object_set(stream->metadata, key, value) < 0)
			return mn_fail_memory(err, stream->name, strlen(key));
	}
	return 0;
}

int mn_stream_get_int(const struct mn_stream *stream, const char *key, int64_t fallback, int64_t *value, struct mn_error *err)
{
	const char *text = mn_stream_get(stream, key, NULL);
	if (!text)
		*value = fallback;
	else if (mn_parse_int(text, INT64_MIN, INT64_MAX, value) < 0)
		return mn_fail(err, "%s: mn.%s is '%s', which is not an integer", stream->name, key, text);
	return 0;
}

int mn_stream_get_real(const struct mn_stream *stream, const char *key, double fallback, double *value, struct mn_error *err)
{
	const char *text = mn_stream_get(stream, key, NULL);
	if (!text)
		*value = fallback;
	else if (mn_parse_real(text, -__builtin_inf(), __builtin_inf(), value) < 0)
		return mn_fail(err, "%s: mn.%s is '%s', which is not a number", stream->name, key, text);
	return 0;
}
