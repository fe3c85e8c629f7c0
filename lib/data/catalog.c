#include "mn/catalog.h"

#include <stddef.h>
#include <string.h>

enum { CIFAR_BATCH = 10000 * (1 + 3 * 32 * 32) };

#define TRAIN_IMAGES "train-images-idx3-ubyte", 16 + 60000 * 28 * 28
#define TRAIN_LABELS "train-labels-idx1-ubyte", 8 + 60000
#define TEST_IMAGES  "t10k-images-idx3-ubyte", 16 + 10000 * 28 * 28
#define TEST_LABELS  "t10k-labels-idx1-ubyte", 8 + 10000

static const struct mn_catalog_file mnist[] = {
        {TRAIN_IMAGES, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
         "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
        {TRAIN_LABELS, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
         "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
        {TEST_IMAGES, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
         "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
        {TEST_LABELS, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
         "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
};

static const struct mn_catalog_file fashion_mnist[] = {
        {TRAIN_IMAGES, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
         "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
        {TRAIN_LABELS, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
         "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
        {TEST_IMAGES, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
         "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
        {TEST_LABELS, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
         "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
};

static const struct mn_catalog_file kmnist[] = {
        {TRAIN_IMAGES, NULL, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"},
        {TRAIN_LABELS, NULL, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"},
        {TEST_IMAGES, NULL, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"},
        {TEST_LABELS, NULL, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"},
};

static const struct mn_catalog_file cifar10[] = {
        {"data_batch_1.bin", CIFAR_BATCH, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5", NULL},
        {"data_batch_2.bin", CIFAR_BATCH, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed", NULL},
        {"data_batch_3.bin", CIFAR_BATCH, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67", NULL},
        {"data_batch_4.bin", CIFAR_BATCH, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48", NULL},
        {"data_batch_5.bin", CIFAR_BATCH, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add", NULL},
        {"test_batch.bin", CIFAR_BATCH, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b", NULL},
};

static const char *const mnist_mirrors[] = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                                            "https://storage.googleapis.com/cvdf-datasets/mnist/", NULL};
static const char *const fashion_mnist_mirrors[] = {"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                                                    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", NULL};
static const char *const kmnist_mirrors[] = {"http://codh.rois.ac.jp/kmnist/dataset/kmnist/", NULL};
static const char *const cifar10_mirrors[] = {"https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/", NULL};

static const struct mn_catalog_entry entries[] = {
        {.name = "mnist",
         .rows = {60000, 10000},
         .channels = 1,
         .height = 28,
         .width = 28,
         .classes = 10,
         .licence = "CC BY-SA 3.0",
         .source = "Y. LeCun, C. Cortes, C. Burges",
         .file = mnist,
         .files = 4,
         .mirror = mnist_mirrors},
        {.name = "fashion-mnist",
         .rows = {60000, 10000},
         .channels = 1,
         .height = 28,
         .width = 28,
         .classes = 10,
         .licence = "MIT",
         .source = "Zalando SE",
         .file = fashion_mnist,
         .files = 4,
         .mirror = fashion_mnist_mirrors},
        {.name = "kmnist",
         .rows = {60000, 10000},
         .channels = 1,
         .height = 28,
         .width = 28,
         .classes = 10,
         .licence = "CC BY-SA 4.0",
         .source = "NIJL and ROIS-DS CODH",
         .file = kmnist,
         .files = 4,
         .mirror = kmnist_mirrors},
        {.name = "cifar10",
         .format = MN_FORMAT_CIFAR,
         .rows = {50000, 10000},
         .channels = 3,
         .height = 32,
         .width = 32,
         .classes = 10,
         .licence = "none stated",
         .source = "A. Krizhevsky",
         .file = cifar10,
         .files = 6,
         .archive = {"cifar-10-binary.tar.gz", 170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"},
         .mirror = cifar10_mirrors},
};

const struct mn_catalog_entry *mn_catalog(int i)
{
	return i >= 0 && (size_t)i < sizeof entries / sizeof *entries ? &entries[i] : NULL;
}

const struct mn_catalog_entry *mn_catalog_find(const char *name)
{
	for (int i = 0; mn_catalog(i); i++)
		if (strcmp(mn_catalog(i)->name, name) == 0)
			return mn_catalog(i);
	return NULL;
}
