/* catalog.h - the data sets that mn-fetch knows: their files, sizes, checksums, licences and mirrors. */
#ifndef MN_CATALOG_H
#define MN_CATALOG_H

#include <stdint.h>

enum mn_file_format {
	MN_FORMAT_IDX,   /* IDX files, plain or gzip: images [N, H, W] and labels [N] */
	MN_FORMAT_CIFAR, /* CIFAR's binary version: records of 1 label byte and C*H*W pixels, in .bin files or a .tar.gz with them */
};

enum { MN_SPLIT_TRAIN, MN_SPLIT_TEST, MN_SPLITS };

/* One file as it is when unpacked. */
struct mn_catalog_file {
	const char *name;   /* "train-images-idx3-ubyte", "data_batch_1.bin" */
	int64_t bytes;      /* of the content */
	const char *sha256; /* of the content, in hex; NULL where it is not known */
	/* What is downloaded for it: name + ".gz". NULL for the members of an archive. */
	const char *gzip_sha256;
};

/* An archive that holds all files of the data set. */
struct mn_catalog_archive {
	const char *name; /* "cifar-10-binary.tar.gz"; NULL: the files are downloaded one by one */
	int64_t bytes;
	const char *sha256;
};

struct mn_catalog_entry {
	const char *name; /* "fashion-mnist" */
	enum mn_file_format format;
	int64_t rows[MN_SPLITS];
	int channels, height, width, classes;
	const char *licence;
	const char *source; /* who made it */
	/* IDX: images and labels of each split: file[2 * split] and file[2 * split + 1].
	 * CIFAR: batches of equal size in order, those of the training split first. */
	const struct mn_catalog_file *file;
	int files;
	struct mn_catalog_archive archive;
	const char *const *mirror; /* base URLs in order of preference, each with a slash at its end; ends with NULL */
};

/* Entry i, or NULL past the last one. */
const struct mn_catalog_entry *mn_catalog(int i);

/* NULL where there is none of that name. */
const struct mn_catalog_entry *mn_catalog_find(const char *name);

#endif
