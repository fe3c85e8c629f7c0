# A checkpoint cut at every length of its header and at 200 random lengths, or with one of 100 random bits of its tensors turned, is refused
# with one line that says so, and no model is written.
. "$TESTS/lib.sh"
RANDOM=${SEED:-1}

mn-fetch --range 0:40 fashion-mnist >data.st
train() { mn-train --net mlp:8 --momentum 0.5 --epochs 2 --log log.csv --save-when loss\<100:saved.st --checkpoint "$1" -o model.st data.st; }
train whole.ck
check 'a checkpoint' test -s whole.ck
rm model.st saved.st
cp log.csv log.was
size=$(stat -c %s whole.ck)
header=$(($(od -An -tu8 -N8 whole.ck) + 8))
tried=0 bad=0
refused() { # TEXT REGEX: cut.ck
	train cut.ck 2>err
	if [ $? -ne 1 ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -Eq "^mn-train: cut.ck: .*($2)" err || [ -e model.st ] || [ -e saved.st ]; then
		bad=$((bad + 1))
		echo "$1:"
		cat err
	fi
	tried=$((tried + 1))
}
cut_at() {
	head -c "$1" whole.ck >cut.ck
	refused "cut at $1" "$(if [ "$1" -eq 0 ]; then echo 'empty'; else echo 'file has|it has'; fi)"
}
for ((length = 0; length <= header; length++)); do cut_at $length; done
for ((i = 0; i < 200; i++)); do cut_at $(((RANDOM * 32768 + RANDOM) % size)); done
check "a header of $header bytes, a file of $size: $tried cuts are all refused" test $bad -eq 0
tried=0 bad=0
for ((i = 0; i < 100; i++)); do
	at=$((header + (RANDOM * 32768 + RANDOM) % (size - header)))
	byte=$(od -An -tu1 -j $at -N 1 whole.ck)
	cp whole.ck cut.ck
	printf "\\x$(printf %x $((byte ^ 1 << RANDOM % 8)))" | dd of=cut.ck bs=1 seek=$at conv=notrunc status=none
	refused "a bit at $at" "tensor '.*' is damaged: its CRC-32 "
done
check "$tried bits of its tensors turned in turn are all noticed" test $bad -eq 0
check 'the log is left alone' cmp log.csv log.was
check 'the whole checkpoint still serves' train whole.ck
