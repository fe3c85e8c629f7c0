# mn-train killed by kill -9 at random moments (KILLS of them, by default 50), each time from the beginning, goes on to the bytes of an
# undisturbed run; then killed again and again on one and the same way.
. "$TESTS/lib.sh"
kills=${KILLS:-50}
RANDOM=${SEED:-1}

mn-fetch --range 0:2500 fashion-mnist | mn-corrupt -q --labels 0.2 --seed 1 >data.st
mn-fetch --range 50000:50500 fashion-mnist >validation.st
# train NAME OPTION...: replaces this shell.
train() {
	exec mn-train --net fc100/relu/fc50/relu/fc10 --batch 20 --lr 0.05 --momentum 0.7 --epochs 14 --validate validation.st --log "$1.csv" \
		--save-when "loss<1.15:$1.loss.st" --save-when "accuracy>=0.9:$1.unmet.st" --save-when "epoch=3:$1.three.st" -o "$1.st" "${@:2}" data.st
}
same() {
	local file
	for file in st loss.st unmet.st three.st csv; do cmp want.$file got.$file || return 1; done
}
# interrupt MILLISECONDS OPTION...: starts the run and kills it after so long; fails where it was faster.
interrupt() {
	(train got --checkpoint got.ck "${@:2}") &
	local pid=$!
	sleep "$(seconds "$1")"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? -eq 137 ]
}
# The moments are spread over the time that a run takes here and now, most of it within epochs.
begin=$(milliseconds)
(train want)
lasts=$(($(milliseconds) - begin))
hits=0 late=0 differ=0 saved=0
while [ $hits -lt "$kills" ] && [ $late -lt 100 ]; do
	rm -f got.*
	if interrupt $((lasts * (RANDOM % 95) / 100 + 5)) --checkpoint-every "$(seconds $((RANDOM % (lasts / 4))))s"; then
		hits=$((hits + 1))
	else # it was faster than the first
		late=$((late + 1)) lasts=$((lasts * 9 / 10))
		continue
	fi
	[ -s got.ck ] && saved=$((saved + 1))
	(train got --checkpoint got.ck --threads $((1 + RANDOM % 2))) && same || differ=$((differ + 1))
done
check "$hits kills survived, $saved of them with a checkpoint: $differ differ" test $hits -eq "$kills" -a $differ -eq 0

rm -f got.*
for ((i = 0; i < kills; i++)); do interrupt $((RANDOM % (lasts / 3) + 30)) --checkpoint-every 0.02s || break; done
(train got --checkpoint got.ck)
check "one run killed $i times ends with the same bytes" same
rm -f .got.*
check 'what a kill leaves beside them is named like a temporary' test "$(find . -name '*got*' | wc -l)" -eq 6
