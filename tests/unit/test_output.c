#include "mn/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static int entries(void)
{
	int count = 0;
	DIR *folder = opendir(".");
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2;
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

static bool holds(const char *path, const char *want)
{
	char text[100] = "";
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	size_t length = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	return length == strlen(want) && memcmp(text, want, length) == 0;
}

static mode_t mode_of(const char *path)
{
	struct stat status = {0};
	lstat(path, &status);
	return status.st_mode;
}

static void test_whole(struct test *t)
{
	struct mn_output output;
	struct mn_error err = {0};
	umask(027);
	CHECK(t, mn_output_open(&output, "new", true, &err) == 0, "a new file opens %s", err.text);
	fputs("whole", output.file);
	fflush(output.file);
	CHECK(t, access("new", F_OK) != 0 && entries() == 1, "before the commit there is but a temporary");
	CHECK(t, mn_output_commit(&output, &err) == 0 && holds("new", "whole") && entries() == 1,
	      "after it the whole file and nothing else");
	CHECK(t, mode_of("new") == (S_IFREG | 0640), "it has the permissions that the umask leaves");
	mn_output_discard(&output);
	CHECK(t, holds("new", "whole"), "discarding what is committed does nothing");

	put("old", "old text");
	chmod("old", 0604);
	FILE *input = fopen("old", "r");
	mn_output_open(&output, "old", true, &err);
	fputs("new text", output.file);
	CHECK(t, holds("old", "old text"), "the old file is there until the commit");
	char text[9] = "";
	CHECK(t, mn_output_commit(&output, &err) == 0 && holds("old", "new text"), "then the new one");
	CHECK(t, fread(text, 1, 8, input) == 8 && strcmp(text, "old text") == 0, "an input of the same name is still read as it was");
	CHECK(t, mode_of("old") == (S_IFREG | 0604), "the permissions stay");
	fclose(input);

	if (symlink("old", "link") != 0)
		CHECK(t, false, "a symbolic link can be made");
	mn_output_open(&output, "link", false, &err);
	fputs("through", output.file);
	CHECK(t, mn_output_commit(&output, &err) == 0 && holds("old", "through") && S_ISLNK(mode_of("link")),
	      "a symbolic link goes on being one");
}

static void test_failures(struct test *t)
{
	struct mn_output output;
	struct mn_error err = {0};
	int before = entries();
	put("old", "kept");
	mn_output_open(&output, "old", true, &err);
	fputs("half", output.file);
	fflush(output.file);
	mn_output_discard(&output);
	CHECK(t, holds("old", "kept") && entries() == before, "discarded: the old file stays, the temporary goes");
	mn_output_discard(&output);
	mn_output_discard(&(struct mn_output){0});

	/* A full disk, played by a limit on the size of files. */
	struct rlimit limit, small;
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	for (int large = 0; large < 2; large++) {
		mn_output_open(&output, "old", true, &err);
		setrlimit(RLIMIT_FSIZE, &small);
		for (int i = 0; i < (large ? 100000 : 1500); i++)
			putc('x', output.file);
		int failed = mn_output_commit(&output, &err);
		setrlimit(RLIMIT_FSIZE, &limit);
		CHECK(t, failed == -1 && err.status == MN_EXIT_FAILED && strncmp(err.text, "old: ", 5) == 0, "what cannot be written: %s",
		      err.text);
		CHECK(t, holds("old", "kept") && entries() == before, "... leaves the old file and no temporary");
	}

	CHECK(t, mn_output_open(&output, "none/file", true, &err) == -1 && strcmp(err.text, "none/file: No such file or directory") == 0,
	      "%s", err.text);
	CHECK(t, mn_output_open(&output, "/", true, &err) == -1 && strcmp(err.text, "/: Is a directory") == 0, "%s", err.text);
	CHECK(t, mn_output_open(&output, "", true, &err) == -1 && err.status == MN_EXIT_MISUSED, "%s", err.text);
	/* As somebody else, where we are root, who may write everything. */
	chmod("old", 0444);
	chmod(".", 0777);
	uid_t user = geteuid();
	if (user == 0 && seteuid(65534) != 0)
		CHECK(t, false, "root can act as nobody");
	CHECK(t, mn_output_open(&output, "old", true, &err) == -1 && strcmp(err.text, "old: Permission denied") == 0, "%s", err.text);
	if (seteuid(user) != 0)
		CHECK(t, false, "and as root again");
	CHECK(t, entries() == before, "none of these leaves anything");
}

static void test_devices(struct test *t)
{
	struct mn_output output;
	struct mn_error err = {0};
	mn_output_open(&output, "/dev/full", true, &err);
	fputs("x", output.file);
	CHECK(t, mn_output_commit(&output, &err) == -1 && strcmp(err.text, "/dev/full: No space left on device") == 0, "%s", err.text);
	CHECK(t, S_ISCHR(mode_of("/dev/full")), "/dev/full is still a device");
	CHECK(t, mn_output_open(&output, "/dev/null", true, &err) == 0 && !output.temporary && mn_output_commit(&output, &err) == 0,
	      "/dev/null takes everything");

	put("target", "before ");
	int saved = dup(STDOUT_FILENO), target = open("target", O_WRONLY | O_APPEND);
	fflush(stdout);
	dup2(target, STDOUT_FILENO);
	int opened = mn_output_open(&output, "/dev/stdout", true, &err);
	if (opened == 0)
		fputs("after", output.file);
	int committed = opened == 0 ? mn_output_commit(&output, &err) : -1;
	dup2(saved, STDOUT_FILENO);
	close(target);
	CHECK(t, committed == 0 && holds("target", "before after"), "/dev/stdout goes on where the shell left it %s", err.text);

	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	int side = terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0 ? open(ptsname(terminal), O_RDWR | O_NOCTTY) : -1;
	if (side < 0) {
		printf("skip - binary output to a terminal: no pseudo-terminal here\n");
	} else {
		dup2(side, STDOUT_FILENO);
		int binary = mn_output_open(&output, NULL, true, &err);
		int text = mn_output_open(&output, "-", false, &(struct mn_error){0});
		dup2(saved, STDOUT_FILENO);
		CHECK(t, binary == -1 && err.status == MN_EXIT_MISUSED, "%s", err.text);
		CHECK(t, text == 0 && output.file == stdout && !output.path, "text may go there");
		close(side);
	}
	close(terminal);
	close(saved);
}

static void test_checked_ahead(struct test *t)
{
	struct mn_error err = {0};
	put("old", "old text");
	int before = entries();
	CHECK(t,
	      mn_output_check("old", true, &err) == 0 && mn_output_check("new", true, &err) == 0 && mn_output_check(NULL, false, &err) == 0,
	      "what can be written is found to be %s", err.text);
	CHECK(t, mn_output_check("/dev/null", true, &err) == 0, "a device too");
	CHECK(t, entries() == before && holds("old", "old text"), "and nothing is changed by that");
	CHECK(t, mn_output_check("none/new", true, &err) == -1 && err.status == MN_EXIT_FAILED, "a missing folder is found: %s", err.text);
	CHECK(t, mn_output_check("/", true, &err) == -1, "a folder is: %s", err.text);
	CHECK(t, mn_output_check("", true, &err) == -1 && err.status == MN_EXIT_MISUSED, "no name is: %s", err.text);
	symlink("old", "link");
	CHECK(t, mn_same_file("old", "old") && mn_same_file("none", "none") && mn_same_file("old", "./old") && mn_same_file("link", "old"),
	      "two names of one file are told");
	CHECK(t, !mn_same_file("old", "none") && !mn_same_file("old", "/dev/null"), "from names of two");
	unlink("link");
}

int main(void)
{
	struct test t = {0};
	char folder[] = "/tmp/test_output.XXXXXX";
	if (!mkdtemp(folder) || chdir(folder) != 0)
		return 1;
	test_whole(&t);
	test_failures(&t);
	test_devices(&t);
	test_checked_ahead(&t);
	static const char *const made[] = {"new", "old", "link", "target"};
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		unlink(made[i]);
	CHECK(&t, rmdir(folder) == 0, "nothing else is left behind");
	return test_end(&t);
}
