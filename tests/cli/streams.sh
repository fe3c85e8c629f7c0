# Streams between the programs: read by an independent reader, cut, damaged, in gzip.
. "$TESTS/lib.sh"

mn-fetch -q --range 0:120 fashion-mnist >raw.st
mn-corrupt -q --labels 0.3 --seed 1 raw.st >labels.st
mn-corrupt -q --inputs 0.5 --seed 2 labels.st >both.st
mn-train -q --net mlp:8,6 --epochs 1 both.st >model.st
mn-train -q --net mlp:8,6 --epochs 0 --no-history -z both.st >model.st.gz
mn-fetch -q -z --range 0:120 fashion-mnist >raw.st.gz

if python=$(find_numpy); then
	for file in raw.st raw.st.gz labels.st both.st model.st model.st.gz; do
		check "an independent reader finds $file as documented" "$python" "$TESTS/reference/safetensors_numpy.py" $file >$file.txt
	done
	check 'the same tensors in gzip' cmp raw.st.txt raw.st.gz.txt
	check 'pixels with noise are F32' grep -q '^images F32 120x1x28x28 ' both.st.txt
else
	skip 'no python3-numpy: no independent reader'
fi
gzip -dc <raw.st.gz >unzipped.st
check 'gzip gives back the bytes that are written without -z' cmp unzipped.st raw.st

# What a program makes of a stream must not depend on how it comes.
mn-corrupt -q --labels 0.3 --seed 1 <raw.st >from-input.st
mn-corrupt -q --labels 0.3 --seed 1 - <raw.st.gz >from-gzip.st
mn-fetch -q --range 0:120 fashion-mnist | mn-corrupt -q --labels 0.3 --seed 1 >from-pipe.st
for way in input gzip pipe; do
	check "a stream from a $way is the same as from a file" cmp labels.st from-$way.st
done
check 'the header is read with head -c' test "$(head -c $((8 + $(od -An -N4 -tu4 both.st))) both.st | tail -c +9 | head -c 15)" = '{"__metadata__"'

# Every program that reads a data set or a model refuses what is not whole, in one line and without an output.
damage() { # FILE: a bit of the last tensor
	cp "$1" damaged-"$1"
	printf '\377' | dd of=damaged-"$1" bs=1 seek=$(($(stat -c %s "$1") - 1)) conv=notrunc 2>/dev/null
}
damage raw.st
damage model.st
head -c 5 raw.st >tiny.st
head -c 100 raw.st >half-header.st
head -c -1 raw.st >short.st
head -c -100 model.st >short-model.st
{ cat raw.st; echo; } >long.st
head -c -9 raw.st.gz >short.st.gz
cat raw.st.gz raw.st.gz >twice.st.gz
: >empty.st
readers=('mn-corrupt --labels 0.1 -o out' 'mn-train -q --net fc10 -o out' 'mn-eval --data raw.st -o out' 'mn-hessian -q --data raw.st -o out')
for line in "${readers[@]}"; do
	read -ra reader <<<"$line"
	for file in 'tiny.st: .*5 bytes' 'half-header.st: the header ends at byte [0-9]+, file has 100' 'long.st: the last tensor ends at byte' \
		"short.st: tensor 'labels' ends at byte [0-9]+, file has [0-9]+" 'short.st.gz: gzip data are cut short' \
		'twice.st.gz: a second gzip member' 'empty.st: empty input' 'absent.st: No such file' \
		"damaged-raw.st: tensor 'labels' is damaged" 'short-model.st: tensor .fc3.weight. ends at byte' \
		"damaged-model.st: tensor 'fc3.weight' is damaged"; do
		fails 1 "^mn-[a-z]*: $file" "${reader[@]}" "${file%%: *}"
	done
	fails 1 '^mn-[a-z]*: <stdin>: tensor .labels. ends at byte [0-9]+, file has [0-9]+' bash -c "head -c -1 raw.st | $line"
	fails 1 '^mn-[a-z]*: <stdin>: empty input' "${reader[@]}"
	check "${reader[0]} left no output" test ! -e out
done
fails 1 'model.st: is a model, not a data set' mn-corrupt --labels 0.1 -o out model.st
fails 1 'raw.st: .*not a model' mn-eval --data raw.st -o out raw.st
