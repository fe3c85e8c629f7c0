#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mn/rows.h"

static int names_add(struct mn_names *names, const char *text, size_t length, const char *what, struct mn_error *err)
{
	char **grown = realloc(names->name, ((size_t)names->count + 1) * sizeof(*grown));
	if (!grown)
		return mn_fail_memory(err, what, ((size_t)names->count + 1) * sizeof(*grown));
	names->name = grown;
	grown[names->count] = strndup(text, length);
	if (!grown[names->count])
		return mn_fail_memory(err, what, length + 1);
	names->count++;
	return 0;
}

void mn_names_free(struct mn_names *names)
{
	for (int i = 0; i < names->count; i++)
		free(names->name[i]);
	free(names->name);
	*names = (struct mn_names){0};
}

int mn_names_split(struct mn_names *names, const char *text, const char *option, struct mn_error *err)
{
	*names = (struct mn_names){0};
	if (!text || *text == '\0')
		return 0;
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, ",");
		int status = length ? names_add(names, at, length, option, err) : mn_misuse(err, "--%s '%s': an empty name", option, text);
		for (int i = 0; status == 0 && i + 1 < names->count; i++) {
			if (strcmp(names->name[i], names->name[names->count - 1]) == 0)
				status = mn_misuse(err, "--%s '%s': '%s' twice", option, text, names->name[i]);
		}
		if (status != 0) {
			mn_names_free(names);
			return -1;
		}
		at += length;
		if (*at == '\0')
			return 0;
	}
}

int mn_names_read(struct mn_names *names, const char *path, struct mn_error *err)
{
	*names = (struct mn_names){0};
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	if (!file)
		return mn_fail(err, "%s: %s", path, strerror(errno));
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int status = 0;
	while (status == 0 && (length = getline(&line, &room, file)) > 0) {
		while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			length--;
		if (memchr(line, '\0', (size_t)length))
			status = mn_fail(err, "%s: a NUL byte; this is not a list of files", path);
		else if (length > 0)
			status = names_add(names, line, (size_t)length, path, err);
	}
	if (status == 0 && !feof(file)) /* getline had no memory, or could not read */
		status = mn_fail(err, "%s: %s", path, strerror(errno));
	if (status == 0 && names->count == 0)
		status = mn_fail(err, "%s: names no file", path);
	free(line);
	if (file != stdin)
		fclose(file);
	if (status != 0)
		mn_names_free(names);
	return status;
}
