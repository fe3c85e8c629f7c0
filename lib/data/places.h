/* places.h - the folders that may hold a data set (private to lib/data). */
#ifndef MN_DATA_PLACES_H
#define MN_DATA_PLACES_H

#include "mn/catalog.h"
#include "mn/download.h"

struct mn_places {
	int count;
	struct {
		const char *what; /* "--from", "system" or "cache" */
		char path[MN_PATH_SIZE];
	} folder[2];
	bool given;               /* folder[0] is the user's own, the only one */
	char cache[MN_PATH_SIZE]; /* NAME's folder in the cache; "" where there is no cache */
};

/* The folders for data set `name` in the order of search. 0, or -1 with err. */
int mn_places_make(struct mn_places *places, const char *name, const char *from, struct mn_error *err);

/* Finds a file of that name in folder: as it is, with .gz, or with a dot for the dash before "idx". */
bool mn_places_find(const char *folder, const char *name, char path[MN_PATH_SIZE]);

/* Finds the one file in folder that holds `what` ("images" or "labels") of a split in format ("idx3", "idx1"), by its name: one that has
 * both words and the split's (train; or t10k or test), or for the training split both words and no split's. A plain file comes before the
 * same with .gz. 0, or -1 with err where there is none, or more than one. */
int mn_places_match(const char *folder, const char *what, const char *format, int split, char path[MN_PATH_SIZE], struct mn_error *err);

#endif
