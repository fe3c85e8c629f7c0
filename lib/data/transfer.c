#include "transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the callbacks know of the running request. */
struct request {
	struct mn_transfer *transfer;
	CURL *curl;
	bool began;               /* the reply's status was looked at */
	enum mn_transfer_end end; /* set where a callback stops the request, with transfer->why */
};

static bool stop(struct request *request, enum mn_transfer_end end, const char *what)
{
	request->end = end;
	mn_fail(&request->transfer->why, "%s: %s", request->transfer->url, what);
	return false;
}

static bool stop_local(struct request *request)
{
	request->end = MN_TRANSFER_LOCAL;
	mn_fail(&request->transfer->why, "cannot write what is downloaded: %s", strerror(errno));
	return false;
}

/* Whether the reply says that its bytes are those from `have` on. */
static bool range_fits(const struct request *request)
{
	struct curl_header *header;
	char start[40];
	int length = snprintf(start, sizeof start, "bytes %lld-", (long long)request->transfer->have);
	return curl_easy_header(request->curl, "Content-Range", 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
	       strncmp(header->value, start, (size_t)length) == 0;
}

/* Looks at the reply before its first byte is kept. */
static bool begin(struct request *request)
{
	struct mn_transfer *transfer = request->transfer;
	long code = 0;
	curl_easy_getinfo(request->curl, CURLINFO_RESPONSE_CODE, &code);
	request->began = true;
	if (code == 206 && transfer->have > 0)
		return range_fits(request) || stop(request, MN_TRANSFER_RANGE, "sent another part of the file than was asked for");
	if (code != 200) {
		char text[64];
		snprintf(text, sizeof text, "HTTP %ld in place of the file", code);
		return stop(request, MN_TRANSFER_NO, text);
	}
	if (transfer->have > 0) {
		/* Range was ignored: these are the first bytes. */
		if (ftruncate(transfer->fd, 0) || lseek(transfer->fd, 0, SEEK_SET) < 0)
			return stop_local(request);
		transfer->have = 0;
		transfer->restarted = true;
	}
	return true;
}

static size_t take(char *data, size_t size, size_t count, void *arg)
{
	struct request *request = arg;
	struct mn_transfer *transfer = request->transfer;
	size_t bytes = size * count, done = 0;
	if (!request->began && !begin(request))
		return 0;
	if ((int64_t)bytes > transfer->bytes_max - transfer->have) {
		stop(request, MN_TRANSFER_NO, "sends more bytes than the file has");
		return 0;
	}
	while (done < bytes) {
		ssize_t put = write(transfer->fd, data + done, bytes - done);
		if (put < 0 && errno != EINTR) {
			stop_local(request);
			return 0;
		}
		done += put > 0 ? (size_t)put : 0;
	}
	transfer->have += (int64_t)bytes;
	return bytes;
}

static int show(void *arg, curl_off_t total, curl_off_t now, curl_off_t upload_total, curl_off_t uploaded)
{
	const struct request *request = arg;
	(void)upload_total;
	(void)uploaded;
	double have = (double)request->transfer->have, before = have - (double)now;
	if (request->began && total > 0)
		mn_progress_update(request->transfer->progress, have / 1e6, (before + (double)total) / 1e6, NULL);
	return 0;
}

static enum mn_transfer_end judge_status(struct mn_transfer *transfer, CURL *curl)
{
	long code = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	mn_fail(&transfer->why, "%s: HTTP %ld", transfer->url, code);
	if (code == 416 && transfer->have > 0)
		return MN_TRANSFER_RANGE;
	return code == 408 || code == 425 || code == 429 || code >= 500 ? MN_TRANSFER_AGAIN : MN_TRANSFER_NO;
}

static enum mn_transfer_end judge(const struct request *request, CURLcode code, const char *detail)
{
	struct mn_transfer *transfer = request->transfer;
	if (request->end != MN_TRANSFER_DONE || code == CURLE_OK)
		return request->end;
	if (code == CURLE_HTTP_RETURNED_ERROR)
		return judge_status(transfer, request->curl);
	mn_fail(&transfer->why, "%s: %s", transfer->url, detail[0] ? detail : curl_easy_strerror(code));
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
	case CURLE_FAILED_INIT:
		return MN_TRANSFER_LOCAL;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_BAD_FUNCTION_ARGUMENT:
		return MN_TRANSFER_NO;
	default:
		return MN_TRANSFER_AGAIN;
	}
}

static CURLcode set_options(CURL *curl, struct request *request, const char *range, char *detail)
{
	const struct mn_transfer *transfer = request->transfer;
	const char *after = strncmp(transfer->url, "https:", 6) == 0 ? "https" : "http,https";
	/* As curl(1) does; libcurl itself knows only the system's certificates. */
	const char *certificates = getenv("CURL_CA_BUNDLE");
	if (!certificates || !*certificates)
		certificates = getenv("SSL_CERT_FILE");
	CURLcode code = CURLE_OK;
	if (certificates && *certificates)
		code = curl_easy_setopt(curl, CURLOPT_CAINFO, certificates);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_URL, transfer->url);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	code = code ? code : curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, after);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_USERAGENT, "mn/" MN_VERSION);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)transfer->timeout);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 100L);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)transfer->timeout);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_RANGE, range);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, request);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFODATA, request);
	code = code ? code : curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	return code;
}

enum mn_transfer_end mn_transfer(struct mn_transfer *transfer)
{
	char range[32], detail[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_easy_init();
	struct request request = {.transfer = transfer, .curl = curl, .end = MN_TRANSFER_DONE};
	if (!curl) {
		mn_fail(&transfer->why, "cannot start libcurl");
		return MN_TRANSFER_LOCAL;
	}
	snprintf(range, sizeof range, "%lld-", (long long)transfer->have);
	CURLcode code = set_options(curl, &request, transfer->have > 0 ? range : NULL, detail);
	if (code == CURLE_OK)
		code = curl_easy_perform(curl);
	/* A reply without a body never came to take(). */
	if (code == CURLE_OK && !request.began)
		begin(&request);
	enum mn_transfer_end end = judge(&request, code, detail);
	curl_easy_cleanup(curl);
	return end;
}
