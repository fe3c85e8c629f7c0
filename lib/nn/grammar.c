/* The --net grammar: presets and words. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mn/network.h"
#include "mn/text.h"

enum { NUMBER_MAX = 1 << 20 };

/* Reads digits at *at into *value (left as it is where there are none). -1 where the number is too large. */
static int read_number(const char **at, const char *end, int *value)
{
	if (*at == end || !isdigit((unsigned char)**at))
		return 0;
	int n = 0;
	for (; *at < end && isdigit((unsigned char)**at); ++*at) {
		n = 10 * n + (**at - '0');
		if (n > NUMBER_MAX)
			return -1;
	}
	*value = n;
	return 0;
}

int mn_word_parse(struct mn_word *word, const char *text, size_t length, struct mn_error *err)
{
	*word = (struct mn_word){.number = -1};
	for (int i = 0; i < 26; i++)
		word->letter[i] = -1;
	snprintf(word->text, sizeof word->text, "%.*s", (int)(length < 31 ? length : 31), text);
	const char *at = text, *end = text + length;
	size_t name = 0;
	while (at < end && islower((unsigned char)*at) && name + 1 < sizeof word->name)
		word->name[name++] = *at++;
	if (name == 0)
		return mn_misuse(err, "--net: '%s' is not a layer", word->text);
	if (read_number(&at, end, &word->number))
		return mn_misuse(err, "--net: '%s': the number is larger than %d", word->text, NUMBER_MAX);
	while (at < end) {
		if (!islower((unsigned char)*at))
			return mn_misuse(err, "--net: '%s': expected a letter at '%.*s'", word->text, (int)(end - at < 31 ? end - at : 31),
			                 at);
		int *value = &word->letter[*at++ - 'a'];
		int number = -1;
		if (read_number(&at, end, &number) || number < 0 || *value >= 0)
			return mn_misuse(err, "--net: '%s': each letter takes one number up to %d, once", word->text, NUMBER_MAX);
		*value = number;
	}
	return 0;
}

/* mlp:512,512 to fc512/relu/fc512/relu/fcCLASSES */
static int expand_mlp(const char *sizes, int classes, FILE *out, struct mn_error *err)
{
	const char *at = sizes, *end = sizes + strlen(sizes);
	for (;;) {
		int size = 0;
		if (read_number(&at, end, &size) || size < 1)
			return mn_misuse(err, "--net: 'mlp:%s': sizes are numbers from 1 to %d, separated by commas", sizes, NUMBER_MAX);
		fprintf(out, "fc%d/relu/", size);
		if (at == end)
			break;
		if (*at++ != ',')
			return mn_misuse(err, "--net: 'mlp:%s': expected a comma at '%s'", sizes, at - 1);
	}
	fprintf(out, "fc%d", classes);
	return 0;
}

/* The small Alexnet of Zhang et al. 2017 (its sizes are those of TensorFlow's CIFAR-10 tutorial), and the one of Arpit et al. 2017. */
static const char *const presets[][2] = {
        {"alexnet", "conv64k5/relu/pool3s2/lrn/conv64k5/relu/pool3s2/lrn/fc384/relu/fc192/relu"},
        {"alexnet-bn", "conv200k5/bn/relu/pool3s2/conv200k5/bn/relu/pool3s2/fc384/bn/relu/fc192/bn/relu"},
};

enum { PRESETS = sizeof presets / sizeof *presets };

/* Everything of a preset but its output layer; NULL where the text is none. */
static const char *find_preset(const char *text)
{
	for (int i = 0; i < PRESETS; i++)
		if (strcmp(presets[i][0], text) == 0)
			return presets[i][1];
	return NULL;
}

/* A layer list with one slash between its words, whatever blanks and slashes separated them. */
static void expand_list(const char *text, FILE *out)
{
	static const char separators[] = "/ \t\n";
	bool first = true;
	for (text += strspn(text, separators); *text; text += strspn(text, separators)) {
		size_t length = strcspn(text, separators);
		fprintf(out, "%s%.*s", first ? "" : "/", (int)length, text);
		first = false;
		text += length;
	}
}

char *mn_net_expand(const char *text, int classes, struct mn_error *err)
{
	struct mn_text made;
	if (strlen(text) >= 1 << 16) {
		mn_misuse(err, "--net: the text is too long");
		return NULL;
	}
	FILE *out = mn_text_open(&made);
	if (!out) {
		mn_fail_memory(err, "--net", strlen(text));
		return NULL;
	}
	int status = 0;
	const char *preset = find_preset(text);
	if (preset)
		fprintf(out, "%s/fc%d", preset, classes);
	else if (strncmp(text, "mlp:", 4) == 0)
		status = expand_mlp(text + 4, classes, out, err);
	else
		expand_list(text, out);
	char *result = mn_text_close(&made, out);
	if (!result && status == 0)
		status = mn_fail_memory(err, "--net", strlen(text));
	if (status) {
		free(result);
		return NULL;
	}
	return result;
}

const char *mn_net_default_input(const char *text)
{
	return find_preset(text) ? "crop28,whiten" : "unit";
}

const char *mn_net_default_init(const char *text)
{
	return strcmp(text, "alexnet") == 0 ? "truncated" : "glorot";
}
