#include "mn/groups.h"

#include <math.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mn/rows.h"

static int key_compare(const void *a, const void *b)
{
	const struct mn_group *x = a, *y = b;
	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->length ? memcmp(x->key, y->key, x->length) : 0; /* an empty key may have no memory */
}

void mn_groups_init(struct mn_groups *groups, int keys, int values)
{
	*groups = (struct mn_groups){.keys = keys, .values = values};
}

static void tree_node_keep(void *node)
{
	(void)node;
}

static void group_free(struct mn_group *group, int values)
{
	for (int i = 0; group->value && i < values; i++)
		free(group->value[i].at);
	free(group->value);
	free(group->key);
	free(group);
}

void mn_groups_free(struct mn_groups *groups)
{
	tdestroy(groups->tree, tree_node_keep);
	for (size_t i = 0; i < groups->count; i++)
		group_free(groups->group[i], groups->values);
	free(groups->group);
	free(groups->probe.key);
	*groups = (struct mn_groups){0};
}

static int probe_set(struct mn_groups *groups, char **field, const int *column, struct mn_error *err)
{
	struct mn_group *probe = &groups->probe;
	probe->length = 0;
	for (int i = 0; i < groups->keys; i++) {
		const char *text = field[column[i]];
		size_t size = strlen(text) + 1;
		if (probe->length + size > groups->probe_room) {
			size_t room = 2 * (probe->length + size);
			char *grown = realloc(probe->key, room);
			if (!grown)
				return mn_fail_memory(err, "the key of a group", room);
			probe->key = grown;
			groups->probe_room = room;
		}
		memcpy(probe->key + probe->length, text, size);
		probe->length += size;
	}
	return 0;
}

static struct mn_group *group_new(struct mn_groups *groups, struct mn_error *err)
{
	if (groups->count == groups->room) {
		size_t room = groups->room ? 2 * groups->room : 64;
		struct mn_group **grown = realloc(groups->group, room * sizeof(*grown));
		if (!grown) {
			mn_fail_memory(err, "groups", room * sizeof(*grown));
			return NULL;
		}
		groups->group = grown;
		groups->room = room;
	}
	struct mn_group *group = calloc(1, sizeof(*group));
	if (group) {
		group->length = groups->probe.length;
		group->key = malloc(group->length + 1);
		group->value = calloc((size_t)groups->values + 1, sizeof(*group->value));
	}
	if (!group || !group->key || !group->value) {
		if (group)
			group_free(group, groups->values);
		mn_fail_memory(err, "a group", sizeof(*group));
		return NULL;
	}
	if (group->length)
		memcpy(group->key, groups->probe.key, group->length);
	group->number = (long)groups->count;
	groups->group[groups->count++] = group;
	return group;
}

struct mn_group *mn_groups_of(struct mn_groups *groups, char **field, const int *column, struct mn_error *err)
{
	if (probe_set(groups, field, column, err) != 0)
		return NULL;
	if (groups->last && key_compare(groups->last, &groups->probe) == 0)
		return groups->last;
	struct mn_group **node = tsearch(&groups->probe, &groups->tree, key_compare);
	if (!node) {
		mn_fail_memory(err, "a group", sizeof(*node));
		return NULL;
	}
	if (*node == &groups->probe) {
		struct mn_group *group = group_new(groups, err);
		if (!group) {
			tdelete(&groups->probe, &groups->tree, key_compare);
			return NULL;
		}
		*node = group;
	}
	return groups->last = *node;
}

struct mn_group *mn_groups_find(struct mn_groups *groups, char **field, const int *column, struct mn_error *err)
{
	if (probe_set(groups, field, column, err) != 0)
		return NULL;
	struct mn_group **node = tfind(&groups->probe, &groups->tree, key_compare);
	return node ? *node : NULL;
}

const char *mn_group_key(const struct mn_group *group, int i)
{
	const char *at = group->key;
	while (i-- > 0)
		at += strlen(at) + 1;
	return at;
}

/* What sorting compares: a group with its key fields as numbers where their column is numeric. */
struct sorted {
	struct mn_group *group;
	const double *number; /* [keys] */
};

struct order {
	int keys;
	const bool *numeric; /* [keys] */
};

static int group_order(const void *a, const void *b, void *arg)
{
	const struct sorted *x = a, *y = b;
	const struct order *order = arg;
	const char *s = x->group->key, *t = y->group->key;
	for (int i = 0; i < order->keys; i++, s += strlen(s) + 1, t += strlen(t) + 1) {
		if ((*s == '\0') != (*t == '\0'))
			return *s == '\0' ? -1 : 1;
		if (*s && order->numeric[i] && x->number[i] != y->number[i])
			return x->number[i] < y->number[i] ? -1 : 1;
		int text = strcmp(s, t);
		if (text != 0)
			return text < 0 ? -1 : 1;
	}
	return 0;
}

int mn_groups_sort(struct mn_groups *groups, struct mn_error *err)
{
	size_t keys = (size_t)groups->keys;
	struct sorted *sorted = calloc(groups->count + 1, sizeof(*sorted));
	double *number = calloc(groups->count * keys + 1, sizeof(*number));
	bool *numeric = calloc(keys + 1, sizeof(*numeric));
	int status = 0;
	if (!sorted || !number || !numeric) {
		status = mn_fail_memory(err, "sorting", groups->count * (sizeof(*sorted) + keys * sizeof(*number)));
		goto done;
	}
	for (size_t i = 0; i < keys; i++)
		numeric[i] = true;
	for (size_t g = 0; g < groups->count; g++) {
		const char *text = groups->group[g]->key;
		sorted[g] = (struct sorted){groups->group[g], number + g * keys};
		for (size_t i = 0; i < keys; i++, text += strlen(text) + 1) {
			double *value = &number[g * keys + i];
			if (*text && (!mn_rows_parse(text, value) || isnan(*value)))
				numeric[i] = false;
		}
	}
	struct order order = {groups->keys, numeric};
	qsort_r(sorted, groups->count, sizeof(*sorted), group_order, &order);
	for (size_t g = 0; g < groups->count; g++)
		groups->group[g] = sorted[g].group;
done:
	free(sorted);
	free(number);
	free(numeric);
	return status;
}

int mn_vector_append(struct mn_vector *vector, double value, struct mn_error *err)
{
	if (vector->count == vector->room) {
		size_t room = vector->room ? 2 * vector->room : 8;
		double *grown = realloc(vector->at, room * sizeof(*grown));
		if (!grown)
			return mn_fail_memory(err, "the values of a group", room * sizeof(*grown));
		vector->at = grown;
		vector->room = room;
	}
	vector->at[vector->count++] = value;
	return 0;
}
