# mn-fetch: where it looks, what it checks, what it refuses. Downloads are in fetch-network.sh.
. "$TESTS/lib.sh"
DATA=/usr/share/datasets/fashion-mnist
if ! [ -d $DATA ]; then
	skip 'mn-fetch: needs the package dataset-fashion-mnist'
	exit
fi
# No test here may download: whatever tries has no mirror to ask.
export MN_MIRROR=http://127.0.0.1:9/ MN_RETRIES=0 MN_TIMEOUT=1

# --- help and misuse

check '--help goes to standard output and ends with 0' mn-fetch --help >help 2>err
check '... it names its options' test "$(grep -c -E '^  --(split|range|from|offline|list|describe) ' help)" -eq 6
check '... and says nothing on standard error' test ! -s err
check '--version goes to standard output and ends with 0' mn-fetch --version >version
fails 2 'which data set\?' mn-fetch
fails 2 "'svhn' is none of the data sets" mn-fetch svhn
fails 2 "'mnist' is one operand too many" mn-fetch fashion-mnist mnist
fails 2 "'mnist' is one operand too many" mn-fetch --list mnist
fails 2 '--range' mn-fetch --range 5 fashion-mnist
fails 2 '--range' mn-fetch --range 5:5 fashion-mnist
fails 2 '--range' mn-fetch --range -1:5 fashion-mnist
fails 2 'the train split of fashion-mnist has 60000 rows' mn-fetch --range 0:60001 fashion-mnist
fails 2 'the test split of fashion-mnist has 10000 rows' mn-fetch --split test --range 9999:10001 fashion-mnist
fails 2 '--split' mn-fetch --split valid fashion-mnist
fails 2 'idx: --from must name' mn-fetch idx
fails 1 '^mn-fetch: none: No such file' mn-fetch --from none idx
fails 1 '^mn-fetch: none: train-images-idx3-ubyte.gz is missing' mn-fetch --from none fashion-mnist
fails 1 'neither in /usr/share/datasets/mnist nor in .*, and --offline forbids' mn-fetch --offline mnist
fails 1 'cifar-10-binary.tar.gz is neither in' mn-fetch --offline cifar10
fails 1 '^mn-fetch: no/out.st: No such file' mn-fetch -o no/out.st fashion-mnist
check 'a failed run leaves no file' test -z "$(ls -A | grep -E '\.st')"
mn-fetch --range 0:10 fashion-mnist >/dev/full 2>err
check 'a full device: status 1' test $? -eq 1
check '... with a line that says so' grep -q 'No space left' err

# --- what comes out

check 'the training split' mn-fetch -o train.st fashion-mnist
check 'its first rows' mn-fetch --range 0:100 -o first.st fashion-mnist
check 'rows from the middle' mn-fetch --range 59900:60000 -o last.st fashion-mnist
check 'the test split' mn-fetch --split test -o test.st fashion-mnist
check 'compressed' mn-fetch -z --split test -o test.st.gz fashion-mnist
check '... it is the same' sh -c 'gzip -dc test.st.gz | cmp - test.st'
check '--threads, --seed and --offline change nothing' sh -c 'mn-fetch --threads 3 --seed 7 --offline --split test fashion-mnist | cmp - test.st'
check 'another folder with the same files makes the same bytes' sh -c "mn-fetch --from $DATA --split test fashion-mnist | cmp - test.st"
check '... unpacked too' sh -c "mkdir plain && for f in $DATA/t10k*; do gzip -dc \$f >plain/\$(basename \$f .gz) || exit 1; done
	mn-fetch --from plain --split test fashion-mnist | cmp - test.st"
mn-fetch --describe first.st >described
check '--describe shows tensors, parameters and the command' test "$(grep -cE 'images +U8 +\[100, 1, 28, 28\]|labels +U8 +\[100\]|index +I64 +\[100\]|mn.dataset +fashion-mnist|mn.split +train|mn.classes +10|^ +mn-fetch --split train --range 0:100 fashion-mnist$' described)" -eq 7
mn-fetch --no-history --range 0:100 fashion-mnist >bare.st
check '--no-history leaves the history out' sh -c '! grep -aq mn.history bare.st && grep -aq mn.history first.st'

if python=$(find_numpy); then
	cat >compare.py <<'END'
import gzip, json, struct, sys
import numpy as np

def read(path):
    raw = open(path, "rb").read()
    length, = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    return {name: np.frombuffer(data[slice(*t["data_offsets"])], {"U8": "u1", "I64": "<i8"}[t["dtype"]]).reshape(t["shape"])
            for name, t in header.items() if name != "__metadata__"}

folder, prefix, path, first, last = sys.argv[1:]
first, last = int(first), int(last)
images = np.frombuffer(gzip.open(f"{folder}/{prefix}-images-idx3-ubyte.gz").read(), "u1")[16:].reshape(-1, 1, 28, 28)
labels = np.frombuffer(gzip.open(f"{folder}/{prefix}-labels-idx1-ubyte.gz").read(), "u1")[8:]
got = read(path)
assert np.array_equal(got["images"], images[first:last])
assert np.array_equal(got["labels"], labels[first:last])
assert np.array_equal(got["index"], np.arange(first, last))
END
	check 'NumPy reads the same training split' "$python" compare.py $DATA train train.st 0 60000
	check 'NumPy reads the same first rows' "$python" compare.py $DATA train first.st 0 100
	check 'NumPy reads the same last rows' "$python" compare.py $DATA train last.st 59900 60000
	check 'NumPy reads the same test split' "$python" compare.py $DATA t10k test.st 0 10000
else
	skip 'rows against NumPy: needs python3-numpy'
fi

# --- the places

check '--list' mn-fetch --list >list
check '... knows five data sets' test "$(sed 1d list | cut -d' ' -f1 | tr '\n' ' ')" = 'mnist fashion-mnist kmnist cifar10 idx '
check '... and where they are' grep -Eq "^fashion-mnist +60000 +10000 +1x28x28 +MIT +$DATA\$" list
mkdir -p "$MN_CACHE/mnist"
cp $DATA/t10k-labels-idx1-ubyte.gz "$MN_CACHE/mnist"
check '... files in the cache count' sh -c "mn-fetch --list | grep -Eq '^mnist .* $MN_CACHE/mnist \(1 of 4 files\)\$'"
rm -r "$MN_CACHE"
mkdir -p "$MN_CACHE/fashion-mnist" nothing
cp $DATA/t10k* "$MN_CACHE/fashion-mnist"
check 'the cache serves where the system has nothing' sh -c 'MN_DATASETS=nothing mn-fetch --split test fashion-mnist | cmp - test.st'
check 'XDG_CACHE_HOME/mn is the cache where MN_CACHE is not set' sh -c 'mkdir xdg && mv "$MN_CACHE" xdg/mn &&
	unset MN_CACHE && XDG_CACHE_HOME=xdg MN_DATASETS=nothing mn-fetch --offline --split test fashion-mnist | cmp - test.st'
check '... and ~/.cache/mn where neither is' sh -c 'mkdir -p home/.cache && mv xdg/mn home/.cache &&
	unset MN_CACHE XDG_CACHE_HOME && HOME=home MN_DATASETS=nothing mn-fetch --offline --split test fashion-mnist | cmp - test.st'
MN_DATASETS=nothing fails 1 'cannot download train-images-idx3-ubyte.gz: http://127.0.0.1:9/fashion-mnist/train-images-idx3-ubyte.gz: ' mn-fetch -q fashion-mnist
env -u MN_CACHE -u XDG_CACHE_HOME -u HOME MN_DATASETS=nothing mn-fetch fashion-mnist 2>err
check 'no cache at all: a line that says so' grep -q 'set MN_CACHE or HOME' err

# --- bad files

mkdir bad
bad() { # WHAT REGEX: the test split from folder bad
	fails 1 "^mn-fetch: bad/t10k-images-idx3-ubyte.*($2)" mn-fetch --from bad --split test fashion-mnist
	rm -f bad/*
	cp $DATA/t10k-labels* bad
}
cp $DATA/t10k-labels* bad
flip() { printf '\377' | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
cp plain/t10k-images-idx3-ubyte bad && chmod u+w bad/* && flip bad/t10k-images-idx3-ubyte 123456
bad 'a wrong byte' 'wrong checksum'
cp $DATA/t10k-images* bad && chmod u+w bad/* && flip bad/t10k-images-idx3-ubyte.gz 1234567
bad 'a wrong byte, compressed' 'damaged gzip data|wrong checksum|goes on after'
head -c 7000000 plain/t10k-images-idx3-ubyte >bad/t10k-images-idx3-ubyte
bad 'cut' 'claims 10000 images of 28 x 28 pixels, more than the file can hold'
head -c 3000000 $DATA/t10k-images-idx3-ubyte.gz >bad/t10k-images-idx3-ubyte.gz
bad 'cut, compressed' 'ends in the middle of its gzip data'
cat plain/t10k-images-idx3-ubyte plain/t10k-labels-idx1-ubyte >bad/t10k-images-idx3-ubyte
bad 'longer' 'goes on after the 7840016 bytes'
cat $DATA/t10k-images-idx3-ubyte.gz $DATA/t10k-labels-idx1-ubyte.gz >bad/t10k-images-idx3-ubyte.gz
bad 'two members' 'goes on after its gzip data'
echo '<html>Not found</html>' >bad/t10k-images-idx3-ubyte.gz
bad 'a web page' 'not an IDX file of images'
: >bad/t10k-images-idx3-ubyte
bad 'empty' 'ends after 0 bytes'
cp plain/t10k-labels-idx1-ubyte bad/t10k-images-idx3-ubyte
bad 'labels for images' 'not an IDX file of images \(begins 00 00 08 01, not 00 00 08 03\)'
mkdir bad/t10k-images-idx3-ubyte
fails 1 'bad/t10k-images-idx3-ubyte: not a regular file' mn-fetch --from bad --split test fashion-mnist
rmdir bad/t10k-images-idx3-ubyte
cp $DATA/t10k-labels* bad
check 'a pair of files of which one is another data set is found out' sh -c "cp $DATA/t10k-images* bad
	mkdir -p system/mnist && cp bad/* system/mnist; ! MN_DATASETS=system mn-fetch --offline --split test mnist 2>err && grep -q 'wrong checksum' err"

# --- idx

# bytes NUMBER...: as bytes. sizes NUMBER...: as big-endian numbers of 4 bytes.
bytes() {
	local number
	for number; do printf '%b' "\\0$(printf %o "$number")"; done
}
sizes() {
	local number
	for number; do bytes $((number >> 24 & 255)) $((number >> 16 & 255)) $((number >> 8 & 255)) $((number & 255)); done
}
idx_images() { # FILE ROWS HEIGHT WIDTH [BYTES]
	{
		bytes 0 0 8 3
		sizes "$2" "$3" "$4"
		head -c "${5-$(($2 * $3 * $4))}" /dev/urandom
	} >"$1"
}
idx_labels() { # FILE LABEL...
	local file=$1
	shift
	{
		bytes 0 0 8 1
		sizes $#
		bytes "$@"
	} >"$file"
}
mkdir own
idx_images own/letters-train-images-idx3-ubyte 5 3 4
idx_labels own/letters-train-labels-idx1-ubyte 1 2 3 26 5
mn-fetch --from own --range 1:4 idx -o own.st
check 'any IDX files' mn-fetch --describe own.st >described
check '... their sizes, classes and name' test "$(grep -cE 'images +U8 +\[3, 1, 3, 4\]|labels +U8 +\[3\]|mn.classes +27|mn.dataset +idx' described)" -eq 4
check '... their bytes' sh -c 'tail -c 39 own.st | head -c 36 >pixels; tail -c +29 own/letters-train-images-idx3-ubyte | head -c 36 | cmp - pixels'
gzip -k own/letters-train-images-idx3-ubyte
check 'the same file with .gz beside it is no second one' sh -c 'mn-fetch --from own --range 1:4 idx | cmp - own.st'
fails 1 "own: has no file of the test split's images" mn-fetch --from own --split test idx
fails 2 'the train split of idx has 5 rows' mn-fetch --from own --range 0:6 idx
cp own/letters-train-images-idx3-ubyte own/digits-train-images-idx3-ubyte
fails 1 "own: both .* and .* could be the train split's images" mn-fetch --from own idx
rm own/digits* own/*.gz
idx_labels own/letters-train-labels-idx1-ubyte 1 2 3
fails 1 'holds 3 labels for 5 images' mn-fetch --from own idx
idx_labels own/letters-train-labels-idx1-ubyte 1 2 3 4 5
idx_images own/letters-train-images-idx3-ubyte 4000000000 28 28 100
fails 1 'claims 4000000000 images of 28 x 28 pixels, more than the file can hold' mn-fetch --from own idx
idx_images own/letters-train-images-idx3-ubyte 4294967295 65535 65535 100
fails 1 'more than the file can hold' mn-fetch --from own idx
idx_images own/letters-train-images-idx3-ubyte 5 0 28 0
fails 1 'a size of 0' mn-fetch --from own idx
idx_images own/letters-train-images-idx3-ubyte 5 100000 28 100
fails 1 'are too large' mn-fetch --from own idx

# --- cifar10

mkdir cifar members
head -c 30730000 /dev/zero >members/test_batch.bin
cp members/test_batch.bin cifar
fails 1 '^mn-fetch: cifar: missing: data_batch_1.bin \(rows 0 to 9999\); nor is cifar-10-binary.tar.gz there' mn-fetch --from cifar --range 0:10000 cifar10
fails 1 'missing: data_batch_2.bin .*, data_batch_3.bin .*, data_batch_4.bin' mn-fetch --from cifar --range 15000:30001 cifar10
fails 1 '^mn-fetch: cifar/test_batch.bin: wrong checksum' mn-fetch --from cifar --split test cifar10
truncate -s 30729999 cifar/test_batch.bin
fails 1 '^mn-fetch: cifar/test_batch.bin: ends after 30729999 bytes' mn-fetch --from cifar --split test cifar10
rm cifar/test_batch.bin

# Archives: FOLDER/test_batch.bin as made by each line; nothing is written, whatever the names.
archive() { # REGEX TAR-ARGUMENTS...
	local regex=$1
	shift
	tar -czf cifar/cifar-10-binary.tar.gz "$@"
	fails 1 "^mn-fetch: cifar/cifar-10-binary.tar.gz: $regex" mn-fetch --from cifar --split test cifar10
}
archive 'wrong checksum' -C members test_batch.bin
archive 'wrong checksum' -C members --transform 's,^,cifar-10-batches-bin/,' test_batch.bin
archive 'has no member test_batch.bin' -C members --transform 's,^,../,' -P test_batch.bin
archive 'has no member test_batch.bin' -C members --transform "s,^,$PWD/escaped/," -P test_batch.bin
check 'nothing is unpacked anywhere' test ! -e escaped -a ! -e test_batch.bin -a ! -e ../test_batch.bin
ln -s /etc/passwd members/link && mv members/link members/test_batch.bin
archive 'member test_batch.bin is not a regular file' -C members test_batch.bin
rm members/test_batch.bin
mkfifo members/test_batch.bin
archive 'member test_batch.bin is not a regular file' -C members test_batch.bin
rm members/test_batch.bin
echo short >members/test_batch.bin
archive 'member test_batch.bin has 6 bytes, not 30730000' -C members test_batch.bin
truncate -s 2G members/large
archive 'unpacks to more than' -C members --sparse large test_batch.bin
head -c 100000 /dev/urandom >cifar/cifar-10-binary.tar.gz
fails 1 '^mn-fetch: cifar/cifar-10-binary.tar.gz: ' mn-fetch --from cifar --split test cifar10
: >cifar/cifar-10-binary.tar.gz
fails 1 '^mn-fetch: cifar/cifar-10-binary.tar.gz: ' mn-fetch --from cifar --split test cifar10
