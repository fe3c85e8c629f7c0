/* mn_download: 50 MB from a server on loopback (tests/fault/server.py), cut and gone on with. What mn-fetch makes of bad servers is in
 * tests/fault/network.sh. */
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mn/download.h"
#include "mn/random.h"
#include "test.h"

enum { BYTES = 50000000, PART = 30000000 };

struct server {
	pid_t pid;
	char base[3][64]; /* one for each behaviour asked for */
};

/* The file that is served: random bytes in folder/big.bin. */
static bool make_file(unsigned char *bytes, char sha256[65])
{
	for (size_t i = 0; i < BYTES; i += 32) {
		uint64_t word[4];
		mn_random_block((struct mn_key){1, MN_PURPOSE_CHECK}, (struct mn_counter){.element = i}, word);
		memcpy(bytes + i, word, BYTES - i < 32 ? BYTES - i : 32);
	}
	memcpy(bytes, "\x1f\x8b", 2); /* a server that sends anything else is said to send no gzip file */
	unsigned char sum[EVP_MAX_MD_SIZE];
	if (!EVP_Digest(bytes, BYTES, sum, NULL, EVP_sha256(), NULL))
		return false;
	for (int i = 0; i < 32; i++)
		sprintf(sha256 + 2 * i, "%02x", (unsigned)sum[i]);
	mkdir("served", 0777);
	FILE *file = fopen("served/big.bin", "w");
	return file && fwrite(bytes, 1, BYTES, file) == BYTES && fclose(file) == 0;
}

static bool start_server(struct server *server, const char *script, const char *const behaviour[3])
{
	char port[16] = "";
	int pipes[2];
	if (access(script, R_OK) || pipe(pipes))
		return false;
	server->pid = fork();
	if (server->pid == 0) {
		dup2(pipes[1], 1);
		close(pipes[0]);
		execlp("python3", "python3", script, "served", "log", (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	ssize_t got = 0, more;
	while (got < 15 && (more = read(pipes[0], port + got, (size_t)(15 - got))) > 0 && !strchr(port, '\n'))
		got += more;
	close(pipes[0]);
	long number = strtol(port, NULL, 10);
	for (int i = 0; i < 3; i++)
		snprintf(server->base[i], sizeof server->base[i], "http://127.0.0.1:%ld/%s/", number, behaviour[i]);
	return number > 0;
}

/* Downloads from one server behaviour into an empty folder `into` whose part holds the first `part` bytes of `bytes`. */
static int fetch(const char *base, const char *into, const unsigned char *bytes, size_t part, const char *sha256, struct mn_error *err)
{
	const char *mirror[] = {base, NULL};
	char path[256];
	mkdir(into, 0777);
	snprintf(path, sizeof path, "%s/big.bin.part", into);
	FILE *file = part ? fopen(path, "w") : NULL;
	if (file && (fwrite(bytes, 1, part, file) != part || fclose(file)))
		return mn_fail(err, "cannot write the part");
	struct mn_download what = {.mirror = mirror,
	                           .path = "big.bin",
	                           .folder = into,
	                           .name = "big.bin",
	                           .bytes_max = BYTES,
	                           .sha256 = sha256,
	                           .timeout = 20,
	                           .retries = 0,
	                           .progress = "never",
	                           .quiet = true};
	return mn_download(&what, err);
}

/* Whether into/big.bin is the served file; removes it. */
static bool is_right(const char *into, const unsigned char *bytes)
{
	char path[256];
	snprintf(path, sizeof path, "%s/big.bin", into);
	unsigned char *got = malloc(BYTES + 1);
	FILE *file = fopen(path, "r");
	bool right = got && file && fread(got, 1, BYTES + 1, file) == BYTES && memcmp(got, bytes, BYTES) == 0;
	if (file)
		fclose(file);
	free(got);
	unlink(path);
	return right;
}

/* The server's log since the last call, which empties it. */
static void take_log(char text[4096])
{
	FILE *file = fopen("log", "r");
	size_t got = file ? fread(text, 1, 4095, file) : 0;
	text[got] = 0;
	if (file)
		fclose(file);
	unlink("log");
}

static void test_resumed(struct test *t, const struct server *server, const unsigned char *bytes, const char *sha256)
{
	struct mn_error err = {0};
	char log[4096];
	int status = fetch(server->base[0], "a", bytes, PART, sha256, &err);
	CHECK(t, status == 0 && is_right("a", bytes), "a download of 50 MB cut at 30 MB ends with the right bytes%s", err.text);
	take_log(log);
	CHECK(t, strcmp(log, "good big.bin bytes=30000000- 206 20000000\n") == 0, "only the other 20 MB were sent: %.*s",
	      (int)strcspn(log, "\n"), log);

	status = fetch(server->base[1], "b", bytes, 0, sha256, &err);
	CHECK(t, status == 0 && is_right("b", bytes), "50 MB from a server that ends each connection after 2 MB");
	take_log(log);
	long total = 0;
	int requests = 0;
	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"), requests++)
		total += strtol(strrchr(line, ' '), NULL, 10);
	CHECK(t, requests == 24 && total == BYTES, "no byte twice: %ld bytes in %d requests", total, requests);
}

static void test_doubtful_parts(struct test *t, const struct server *server, unsigned char *bytes, const char *sha256)
{
	struct mn_error err = {0};
	char log[4096];
	bytes[17] ^= 1;
	int status = fetch(server->base[0], "c", bytes, PART, sha256, &err);
	bytes[17] ^= 1;
	CHECK(t, status == 0 && is_right("c", bytes), "a part with a wrong bit is found out and done over%s", err.text);
	take_log(log);
	CHECK(t, strstr(log, "bytes=30000000- 206 20000000\ngood big.bin - 200 50000000\n"), "... by a second request, for all");

	char wrong[65];
	memcpy(wrong, sha256, sizeof wrong);
	wrong[0] = wrong[0] == 'a' ? 'b' : 'a';
	status = fetch(server->base[0], "d", bytes, 0, wrong, &err);
	CHECK(t, status == -1 && err.status == MN_EXIT_FAILED && strstr(err.text, server->base[0]) && strstr(err.text, "wrong checksum"),
	      "a file with another checksum is refused: %s", err.text);
	CHECK(t, access("d/big.bin", F_OK) != 0 && access("d/big.bin.part", F_OK) != 0, "... and no trace of it is left");
	take_log(log);
}

static void test_two(struct test *t, const struct server *server, const unsigned char *bytes, const char *sha256)
{
	struct mn_error err = {0};
	char log[4096];
	pid_t other = fork();
	if (other == 0)
		_exit(fetch(server->base[2], "e", bytes, 0, sha256, &err) == 0 ? 0 : 1);
	int status = fetch(server->base[2], "e", bytes, 0, sha256, &err), theirs = -1;
	waitpid(other, &theirs, 0);
	CHECK(t, status == 0 && theirs == 0 && is_right("e", bytes), "two processes at once both succeed%s", err.text);
	take_log(log);
	CHECK(t, strcmp(log, "norange big.bin - 200 50000000\n") == 0, "... with one download");
}

static void remove_tree(const char *folder)
{
	pid_t pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", folder, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int main(void)
{
	static const char *const behaviour[3] = {"good", "piece", "norange"};
	struct test t = {0};
	struct server server = {0};
	const char *tests = getenv("TESTS"), *place = getenv("TMPDIR");
	char sha256[65], relative[4096], folder[4096];
	unsigned char *bytes = malloc(BYTES);
	snprintf(relative, sizeof relative, "%s/fault/server.py", tests ? tests : "tests");
	snprintf(folder, sizeof folder, "%s/download-XXXXXX", place ? place : "/tmp");
	char *script = realpath(relative, NULL);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	if (!bytes || !mkdtemp(folder) || chdir(folder) || !make_file(bytes, sha256)) {
		CHECK(&t, false, "50 MB can be made");
	} else if (!script || !start_server(&server, script, behaviour)) {
		printf("skip - downloads: need python3 and tests/fault/server.py\n");
	} else {
		test_resumed(&t, &server, bytes, sha256);
		test_doubtful_parts(&t, &server, bytes, sha256);
		test_two(&t, &server, bytes, sha256);
	}
	if (server.pid > 0) {
		kill(server.pid, SIGTERM);
		waitpid(server.pid, NULL, 0);
	}
	remove_tree(folder);
	free(script);
	free(bytes);
	return test_end(&t);
}
