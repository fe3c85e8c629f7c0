/* groups.h - rows that have the same key fields, and their numbers. */
#ifndef MN_GROUPS_H
#define MN_GROUPS_H

#include <stddef.h>

#include "mn/error.h"

/* A growing array of numbers. */
struct mn_vector {
	double *at;
	size_t count, room;
};

struct mn_group {
	char *key;               /* the fields, each with its NUL, one after the other */
	size_t length;           /* bytes of key */
	struct mn_vector *value; /* [values of the groups] */
	long number;             /* in order of first appearance, from 0 */
};

struct mn_groups {
	int keys, values;        /* key fields and vectors of a group */
	struct mn_group **group; /* [count], in order of first appearance until they are sorted */
	size_t count, room;
	void *tree;            /* tsearch(3)'s */
	struct mn_group probe; /* the key looked for; its memory is reused */
	size_t probe_room;
	struct mn_group *last; /* found last: rows of a group often follow one another */
};

void mn_groups_init(struct mn_groups *groups, int keys, int values);
void mn_groups_free(struct mn_groups *groups);

/* The group of these fields (field[column[i]], i < keys), made where it is new. NULL with err when out of memory. The group
 * belongs to groups and stays where it is. */
struct mn_group *mn_groups_of(struct mn_groups *groups, char **field, const int *column, struct mn_error *err);

/* The same, but NULL where there is none. */
struct mn_group *mn_groups_find(struct mn_groups *groups, char **field, const int *column, struct mn_error *err);

/* Field i of a group's key. */
const char *mn_group_key(const struct mn_group *group, int i);

/* Orders the groups by their first key field, then the second, ...: numerically where each group's field of that place
 * is empty or a number, else as text; empty fields first. So the order depends on nothing but the set of groups. */
int mn_groups_sort(struct mn_groups *groups, struct mn_error *err);

int mn_vector_append(struct mn_vector *vector, double value, struct mn_error *err);

#endif
