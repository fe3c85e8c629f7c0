/* fetch.h - a data set from the folders of this machine or from the network, as a stream; see mn-fetch(1).
 *
 * Folders in order: --from DIR and no other where it is given; else the system's ($MN_DATASETS/NAME, by default /usr/share/datasets/NAME),
 * else the cache
 * ($MN_CACHE/NAME, by default $XDG_CACHE_HOME/mn/NAME or ~/.cache/mn/NAME), which downloads go to.
 */
#ifndef MN_FETCH_H
#define MN_FETCH_H

#include "mn/catalog.h"
#include "mn/download.h"
#include "mn/options.h"
#include "mn/stream.h"

struct mn_fetch {
	const char *dataset;   /* a name of the catalog, or "idx" */
	int split;             /* MN_SPLIT_TRAIN or MN_SPLIT_TEST */
	struct mn_range range; /* rows of the split; to = -1: all */
	const char *from;      /* NULL or a folder */
	bool offline;          /* never download */
	const char *progress;  /* of downloads: auto, always or never */
	bool quiet;
	struct mn_notices notices;
};

/* Makes a data set: images U8 [N, C, H, W], labels U8 [N], index I64 [N] (rows of the split), metadata dataset, split, classes and
 * source_sha256 (a JSON object: the SHA-256 of the unpacked content of the images and labels file, or of each batch). Every byte of every
 * file that the range touches is checked against the catalog's checksum. Environment: MN_MIRROR (base URLs, separated by blanks, of trees
 * laid out as the cache), MN_TIMEOUT, MN_RETRIES, and curl's proxy variables. 0, or -1 with err and an empty stream. */
int mn_fetch(struct mn_stream *stream, const struct mn_fetch *how, struct mn_error *err);

/* Prints the table of --list: name, rows, shape, licence, where its files are found. 0, or -1 with err. */
int mn_fetch_list(FILE *file, const char *from, struct mn_error *err);

#endif
