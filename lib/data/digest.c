#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
	const void *data;
	size_t bytes;
};

struct mn_digest {
	EVP_MD_CTX *context;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t came, left;
	struct chunk waiting[MN_DIGEST_WAITING];
	unsigned put, taken; /* counts of chunks since the start */
	bool last, joined, failed;
};

static void *hash(void *arg)
{
	struct mn_digest *digest = arg;
	pthread_mutex_lock(&digest->lock);
	for (;;) {
		while (digest->taken == digest->put && !digest->last)
			pthread_cond_wait(&digest->came, &digest->lock);
		if (digest->taken == digest->put)
			break;
		struct chunk chunk = digest->waiting[digest->taken % MN_DIGEST_WAITING];
		digest->taken++;
		pthread_cond_signal(&digest->left);
		pthread_mutex_unlock(&digest->lock);
		bool failed = !EVP_DigestUpdate(digest->context, chunk.data, chunk.bytes);
		pthread_mutex_lock(&digest->lock);
		digest->failed |= failed;
	}
	pthread_mutex_unlock(&digest->lock);
	return NULL;
}

struct mn_digest *mn_digest_new(struct mn_error *err)
{
	struct mn_digest *digest = calloc(1, sizeof *digest);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!digest || !context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL)) {
		mn_fail_memory(err, "SHA-256", sizeof *digest);
		goto failed;
	}
	digest->context = context;
	pthread_mutex_init(&digest->lock, NULL);
	pthread_cond_init(&digest->came, NULL);
	pthread_cond_init(&digest->left, NULL);
	int status = pthread_create(&digest->thread, NULL, hash, digest);
	if (status == 0)
		return digest;
	mn_fail(err, "cannot start a thread: %s", strerror(status));
	err->memory = true; /* for its stack */
	pthread_cond_destroy(&digest->left);
	pthread_cond_destroy(&digest->came);
	pthread_mutex_destroy(&digest->lock);
failed:
	EVP_MD_CTX_free(context);
	free(digest);
	return NULL;
}

void mn_digest_update(struct mn_digest *digest, const void *data, size_t bytes)
{
	pthread_mutex_lock(&digest->lock);
	while (digest->put - digest->taken == MN_DIGEST_WAITING)
		pthread_cond_wait(&digest->left, &digest->lock);
	digest->waiting[digest->put % MN_DIGEST_WAITING] = (struct chunk){data, bytes};
	digest->put++;
	pthread_cond_signal(&digest->came);
	pthread_mutex_unlock(&digest->lock);
}

static void join(struct mn_digest *digest)
{
	if (digest->joined)
		return;
	pthread_mutex_lock(&digest->lock);
	digest->last = true;
	pthread_cond_signal(&digest->came);
	pthread_mutex_unlock(&digest->lock);
	pthread_join(digest->thread, NULL);
	digest->joined = true;
}

static int write_hex(EVP_MD_CTX *context, bool failed, char text[MN_SHA256_TEXT], struct mn_error *err)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned bytes = 0;
	if (failed || !EVP_DigestFinal_ex(context, sum, &bytes) || bytes != 32)
		return mn_fail(err, "SHA-256 failed");
	for (unsigned i = 0; i < bytes; i++)
		snprintf(text + (size_t)2 * i, 3, "%02x", (unsigned)sum[i]);
	return 0;
}

int mn_digest_finish(struct mn_digest *digest, char text[MN_SHA256_TEXT], struct mn_error *err)
{
	join(digest);
	return write_hex(digest->context, digest->failed, text, err);
}

void mn_digest_free(struct mn_digest *digest)
{
	if (!digest)
		return;
	join(digest);
	pthread_cond_destroy(&digest->left);
	pthread_cond_destroy(&digest->came);
	pthread_mutex_destroy(&digest->lock);
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

int mn_sha256_file(const char *path, char text[MN_SHA256_TEXT], struct mn_error *err)
{
	enum { CHUNK = 1 << 16 };
	int status = -1;
	unsigned char *chunk = malloc(CHUNK);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	FILE *file = NULL;
	if (!chunk || !context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL)) {
		mn_fail_memory(err, path, CHUNK);
		goto out;
	}
	file = fopen(path, "re");
	if (!file) {
		mn_fail(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	bool failed = false;
	size_t got;
	while ((got = fread(chunk, 1, CHUNK, file)) > 0)
		failed |= !EVP_DigestUpdate(context, chunk, got);
	if (ferror(file))
		mn_fail(err, "%s: %s", path, strerror(errno));
	else
		status = write_hex(context, failed, text, err);
out:
	if (file)
		fclose(file);
	EVP_MD_CTX_free(context);
	free(chunk);
	return status;
}
