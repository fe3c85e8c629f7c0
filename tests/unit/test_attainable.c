/* The least number of errors: duplicates under one label cost nothing, under several all but the most frequent. */
#include "mn/attainable.h"

#include <string.h>

#include "datasets.h"
#include "test.h"

static void copy_image(struct mn_dataset *data, int64_t to, int64_t from)
{
	size_t pixels = mn_dataset_pixels(data);
	float *image = data->images;
	memcpy(image + (size_t)to * pixels, image + (size_t)from * pixels, pixels * sizeof *image);
}

static int64_t least(struct test *t, const struct mn_dataset *data)
{
	struct mn_error err = {0};
	int64_t errors = -1;
	CHECK(t, mn_least_errors(data, &errors, &err) == 0, "duplicates are counted %s", err.text);
	return errors;
}

int main(void)
{
	struct test t = {0};
	struct mn_dataset data;
	make_dataset(&data, 100, 1, 3, 3, 10, false); /* labels i % 10 */
	CHECK(&t, least(&t, &data) == 0, "different images can all be right");
	copy_image(&data, 17, 7);
	copy_image(&data, 97, 7);
	CHECK(&t, least(&t, &data) == 0, "three copies under one label can all be right");
	copy_image(&data, 98, 7);
	CHECK(&t, least(&t, &data) == 1, "one more under another label cannot");
	copy_image(&data, 18, 7);
	copy_image(&data, 28, 7);
	copy_image(&data, 38, 7);
	CHECK(&t, least(&t, &data) == 3, "of 3 and 4 copies the 3 are lost");
	copy_image(&data, 40, 50);
	copy_image(&data, 51, 50);
	copy_image(&data, 52, 50);
	CHECK(&t, least(&t, &data) == 5, "of 2, 1 and 1 copies of another image 2 are lost, beside the 3");
	((float *)data.images)[51 * 9 + 8] += 0.25f;
	CHECK(&t, least(&t, &data) == 4, "one pixel makes a difference");
	for (int64_t i = 1; i < 100; i++)
		copy_image(&data, i, 0);
	CHECK(&t, least(&t, &data) == 90, "100 copies under ten labels");
	mn_dataset_free(&data);
	return test_end(&t);
}
