#include "mn/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *name_of(const struct mn_output *output)
{
	return output->path ? output->path : "standard output";
}

/* -o /dev/stdout and the like lead to a file that somebody else opened, and may have written to: no renaming, no cutting there. */
static bool is_descriptor(const char *path)
{
	return strncmp(path, "/dev/std", 8) == 0 || strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/", 6) == 0;
}

static bool is_link(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/* A new file .NAME.XXXXXX beside path, with the permissions that open(2) gives any new file (mkstemp's would be private). */
static int open_temporary(const char *path, char **temporary)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	for (int attempt = 0; attempt < 100; attempt++) {
		uint32_t random;
		if (getrandom(&random, sizeof random, 0) != sizeof random)
			return -1;
		if (asprintf(temporary, "%.*s.%.200s.%06x", (int)(name - path), path, name, random & 0xffffff) < 0) {
			*temporary = NULL;
			return -1;
		}
		int fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0)
			return fd;
		int why = errno;
		free(*temporary);
		*temporary = NULL;
		errno = why;
		if (why != EEXIST)
			return -1;
	}
	return -1;
}

/* Opens output->path, or a temporary for it. */
static int open_path(struct mn_output *output)
{
	struct stat status;
	bool exists = stat(output->path, &status) == 0;
	if (exists && is_descriptor(output->path))
		return open(output->path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (exists && !S_ISREG(status.st_mode))
		return open(output->path, O_WRONLY | O_CLOEXEC);
	if (exists && faccessat(AT_FDCWD, output->path, W_OK, AT_EACCESS) != 0) /* a read-only file stays as it is */
		return -1;
	if (exists && is_link(output->path)) { /* a symbolic link goes on being one */
		char *target = realpath(output->path, NULL);
		if (!target)
			return -1;
		free(output->path);
		output->path = target;
	}
	char *temporary = NULL;
	int fd = open_temporary(output->path, &temporary);
	output->temporary = temporary;
	if (fd >= 0 && exists && fchmod(fd, status.st_mode & 0777) != 0) {
		int why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

int mn_output_open(struct mn_output *output, const char *path, bool binary, struct mn_error *err)
{
	*output = (struct mn_output){0};
	if (!path || strcmp(path, "-") == 0) {
		if (binary && isatty(STDOUT_FILENO))
			return mn_misuse(err, "standard output is a terminal: the output is binary, give -o FILE or a pipe");
		output->file = stdout;
		return 0;
	}
	if (*path == '\0')
		return mn_misuse(err, "the name of the output file is empty");
	output->path = strdup(path);
	if (!output->path)
		return mn_fail_memory(err, path, strlen(path));
	int fd = open_path(output);
	if (fd >= 0)
		output->file = fdopen(fd, "wb");
	if (output->file)
		return 0;
	mn_fail(err, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	mn_output_discard(output);
	return -1;
}

bool mn_same_file(const char *a, const char *b)
{
	struct stat x, y;
	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int mn_output_check(const char *path, bool binary, struct mn_error *err)
{
	struct mn_output output;
	struct stat status;
	bool file = path && strcmp(path, "-") != 0;
	if (file && stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return access(path, W_OK) == 0 ? 0 : mn_fail(err, "%s: %s", path, strerror(errno));
	if (mn_output_open(&output, path, binary, err))
		return -1;
	mn_output_discard(&output);
	return 0;
}

/* The name too, as far as the file system can: its failure does not undo the rename. */
static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	free(folder);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

int mn_output_commit(struct mn_output *output, struct mn_error *err)
{
	const char *failure = NULL;
	if (ferror(output->file))
		failure = "write error";
	if (fflush(output->file) != 0 || (output->temporary && fsync(fileno(output->file)) != 0))
		failure = strerror(errno);
	if (!failure && output->path) {
		FILE *file = output->file;
		output->file = NULL;
		if (fclose(file) != 0)
			failure = strerror(errno);
	}
	if (!failure && output->temporary) {
		if (rename(output->temporary, output->path) == 0) {
			free(output->temporary);
			output->temporary = NULL;
			sync_folder(name_of(output));
		} else {
			failure = strerror(errno);
		}
	}
	if (failure)
		mn_fail(err, "%s: %s", name_of(output), failure);
	mn_output_discard(output);
	return failure ? -1 : 0;
}

int mn_output_blame(const struct mn_output *output, struct mn_error *err)
{
	struct mn_error why = *err;
	mn_fail(err, "%s: %.900s", name_of(output), why.text);
	err->status = why.status;
	return -1;
}

void mn_output_discard(struct mn_output *output)
{
	if (output->file && output->path)
		fclose(output->file);
	if (output->temporary)
		unlink(output->temporary);
	free(output->temporary);
	free(output->path);
	*output = (struct mn_output){0};
}
