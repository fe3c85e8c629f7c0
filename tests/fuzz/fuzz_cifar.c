/* Any bytes as the files of a small CIFAR: refused, or every row of the range is there. The first byte says which files there are and what
 * range is asked for; the first RECORDS bytes after it are the first batch, the next ones the second, all of them the archive. */
#include "../../lib/data/reading.h"
#include "bytes.h"

/* A folder of open files, whose names are their numbers. */
static const char folder[] = "/proc/self/fd";
enum { FIRST = 100, SECOND, ARCHIVE };
enum { PIXELS = 3 * 2 * 2, RECORDS = 2 * (1 + PIXELS) };

static const struct mn_catalog_file files[] = {{"100", RECORDS, NULL, NULL}, {"101", RECORDS, NULL, NULL}, {"103", RECORDS, NULL, NULL}};
static const struct mn_catalog_entry entry = {.name = "small",
                                              .format = MN_FORMAT_CIFAR,
                                              .rows = {4, 2},
                                              .channels = 3,
                                              .height = 2,
                                              .width = 2,
                                              .classes = 10,
                                              .file = files,
                                              .files = 3,
                                              .archive = {"102", 1 << 20, ""}};

static void place(int number, const uint8_t *data, size_t size)
{
	char path[32];
	int fd = bytes_open_file(data, size, path);
	DEMAND(dup2(fd, number) == number);
	close(fd);
}

static void use(const struct mn_reading *reading)
{
	const struct mn_tensor *images = mn_stream_find(reading->stream, "images"), *labels = mn_stream_find(reading->stream, "labels");
	const size_t rows = (size_t)(reading->range.to - reading->range.from);
	DEMAND(images && labels && labels->bytes == rows && images->bytes == rows * PIXELS);
	for (size_t i = 0; i < rows; i++)
		DEMAND(((const uint8_t *)labels->data)[i] < entry.classes);
}

static void read_all(const struct mn_fetch *how)
{
	struct mn_stream stream;
	struct mn_error err = {0};
	DEMAND(mn_stream_new(&stream, "small", &err) == 0);
	struct mn_reading reading = {.how = how, .entry = &entry, .stream = &stream, .classes = entry.classes, .sums = json_object()};
	DEMAND(mn_reading_set_rows(&reading, entry.rows[how->split], &err) == 0);
	if (mn_reading_cifar_present(&reading, folder, &err) || mn_reading_cifar(&reading, folder, &err))
		demand_refusal(&err, folder);
	else
		use(&reading);
	json_decref(reading.sums);
	mn_stream_free(&stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	uint8_t what = *data++;
	size--;
	size_t first = size < RECORDS ? size : RECORDS;
	struct mn_fetch how = {.dataset = "small", .split = what & 8 ? MN_SPLIT_TEST : MN_SPLIT_TRAIN, .range = {0, -1}};
	if (what & 16)
		how.range = (struct mn_range){what >> 5 & 1, 1 + (what >> 5 & 1)};
	if (what & 1)
		place(FIRST, data, what & 64 ? size : first);
	if (what & 2)
		place(SECOND, data + first, size - first);
	if (what & 4)
		place(ARCHIVE, data, size);
	read_all(&how);
	for (int fd = FIRST; fd <= ARCHIVE; fd++)
		close(fd);
	return 0;
}
