/* --save-when: its grammar. */
#include <stdio.h>
#include <string.h>

#include "mn/options.h"
#include "mn/session.h"

int mn_save_parse(struct mn_save *save, const char *text, struct mn_error *err)
{
	static const struct {
		const char *prefix;
		enum mn_save_kind kind;
		double high;
	} forms[] = {
	        {"loss<", MN_SAVE_LOSS_BELOW, 1e300},
	        {"accuracy>=", MN_SAVE_ACCURACY_AT_LEAST, 1},
	        {"epoch=", MN_SAVE_EPOCH, 1e15},
	};
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;
	*save = (struct mn_save){0};
	for (size_t i = 0; colon && colon[1] && length < sizeof save->condition && i < sizeof forms / sizeof *forms; i++) {
		size_t prefix = strlen(forms[i].prefix);
		int64_t epoch;
		if (strncmp(text, forms[i].prefix, prefix) != 0)
			continue;
		memcpy(save->condition, text, length);
		save->kind = forms[i].kind;
		save->path = colon + 1;
		int wrong = mn_parse_real(save->condition + prefix, 0, forms[i].high, &save->value);
		if (!wrong && save->kind == MN_SAVE_EPOCH)
			wrong = mn_parse_int(save->condition + prefix, 1, (int64_t)forms[i].high, &epoch);
		if (!wrong && strcmp(save->path, "-") != 0)
			return 0;
	}
	return mn_misuse(err, "--save-when: '%s' is not loss<NUMBER:FILE, accuracy>=NUMBER:FILE or epoch=NUMBER:FILE", text);
}
