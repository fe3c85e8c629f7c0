# A checkpoint cut at every length of its header and at 200 random lengths is refused with one line, and no model is written.
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
cut_at() {
	head -c "$1" whole.ck >cut.ck
	train cut.ck 2>err
	if [ $? -ne 1 ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -q '^mn-train: cut.ck: ' err || [ -e model.st ] || [ -e saved.st ]; then
		bad=$((bad + 1))
		echo "cut at $1:"
		cat err
	fi
	tried=$((tried + 1))
}
for ((length = 0; length <= header; length++)); do cut_at $length; done
for ((i = 0; i < 200; i++)); do cut_at $(((RANDOM * 32768 + RANDOM) % size)); done
check "a header of $header bytes, a file of $size: $tried cuts are all refused" test $bad -eq 0
check 'the log is left alone' cmp log.csv log.was
check 'the whole checkpoint still serves' train whole.ck
