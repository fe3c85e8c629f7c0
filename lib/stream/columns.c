#include "mn/columns.h"

/* What a row says where the stream does not. Noise that nobody added is none, an option that an older program did not have is off; what can
 * only be unknown (who trained it, how long, on what) is an empty field. The order is part of the format: append, never move. */
static const struct {
	const char *name, *fallback;
} columns[] = {
        {"dataset", ""},
        {"train_size", ""},
        {"label_noise", "0"},
        {"label_kind", "none"},
        {"input_noise", "0"},
        {"input_kind", "none"},
        {"moments", "none"},
        {"data_seed", ""},
        {"net", ""},
        {"width", ""},
        {"parameters", ""},
        {"input", "unit"},
        {"init", ""},
        {"batch", ""},
        {"lr", ""},
        {"lr_halve_every", "0"},
        {"momentum", "0"},
        {"weight_decay", "0"},
        {"dropout", "0"},
        {"input_dropout", "0"},
        {"gaussian_noise", "0"},
        {"seed", ""},
        {"epoch", ""},
        /* later options append here */
};

int mn_columns_count(void)
{
	return sizeof columns / sizeof *columns;
}

const char *mn_column_name(int i)
{
	return columns[i].name;
}

const char *mn_column_default(int i)
{
	return columns[i].fallback;
}

void mn_columns_write(struct mn_csv *csv, const struct mn_stream *stream)
{
	for (int i = 0; i < mn_columns_count(); i++)
		mn_csv_text(csv, mn_stream_get(stream, columns[i].name, columns[i].fallback));
}

void mn_columns_header(struct mn_csv *csv)
{
	for (int i = 0; i < mn_columns_count(); i++)
		mn_csv_text(csv, columns[i].name);
}
