/* archive.h - files out of a .tar.gz, straight into memory (private to lib/data).
 *
 * Nothing is ever written under a name from the archive: only members of a known name, type and size are taken. */
#ifndef MN_DATA_ARCHIVE_H
#define MN_DATA_ARCHIVE_H

#include <stdint.h>

#include "digest.h"
#include "mn/error.h"

/* One wanted member, as it was found: data [bytes] are good during the call. 0 to go on, -1 with err to stop. */
typedef int mn_archive_fn(void *arg, int wanted, const unsigned char *data, const char *sha256, struct mn_error *err);

/* Calls fn for each member folder/name[i] (or name[i] at the top) that is a regular file of `bytes` bytes, in the archive's order, until
 * all `count` were seen. Others are passed over. A wanted name that is a link or a device or has another size is an error, as are a member
 * that is missing and an archive that unpacks to more than 1 GiB. 0, or -1 with err. */
int mn_archive_read(const char *path, const char *folder, const char *const *name, int count, int64_t bytes, mn_archive_fn *fn, void *arg,
                    struct mn_error *err);

#endif
