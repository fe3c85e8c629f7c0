# A sweep whose make and all its children are killed by kill -9 at random moments (KILLS of them, by default 20) ends with the tables and
# models of an undisturbed one. Then several makes of it at once, and a lock that nobody holds.
. "$TESTS/lib.sh"
kills=${KILLS:-20}
RANDOM=${SEED:-1}
figures=$TOP/pipelines/figures.mk
settings=(BIN="$(dirname "$(command -v mn-train)")" JOBS=2 FIG1_ROWS=300 FIG1_WIDTHS='4 64' FIG1_NOISE='0 0.5' FIG1_EPOCHS=12 SEEDS='1' CHECKPOINT_EVERY=1)

sweep() { make -f "$figures" fig1 "${settings[@]}" >out.txt 2>err.txt; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
same() { diff -r --exclude='*.log' --exclude=checkpoint --exclude='.*' want out; }

begin=$(milliseconds)
check 'an undisturbed sweep' sweep
lasts=$(($(milliseconds) - begin))
mv out want
hits=0 late=0 differ=0 begun=0
while [ $hits -lt "$kills" ] && [ $late -lt 100 ]; do
	rm -rf out
	setsid make -f "$figures" fig1 "${settings[@]}" >out.txt 2>err.txt &
	group=$!
	after=$((lasts * (RANDOM % 90 + 5) / 100))
	sleep "$(printf '%d.%03d' $((after / 1000)) $((after % 1000)))"
	kill -9 -- -$group 2>/dev/null
	wait $group 2>/dev/null
	if [ $? -ne 137 ]; then # it was faster
		late=$((late + 1)) lasts=$((lasts * 9 / 10))
		continue
	fi
	hits=$((hits + 1))
	[ -z "$(find out/runs/checkpoint -name '*.st' 2>/dev/null)" ] || begun=$((begun + 1))
	sweep && same || differ=$((differ + 1))
done
check "$hits kills of a sweep survived, $begun of them within a training: $differ differ" test $hits -eq "$kills" -a $differ -eq 0

rm -rf out
for i in 1 2 3; do make -f "$figures" fig1 "${settings[@]}" >out.$i.txt 2>err.$i.txt & done
failed=0
for i in 1 2 3; do wait -n || failed=1; done
[ $failed -eq 0 ] || tail -n 5 err.[123].txt
check 'three makes in one folder end well' test $failed -eq 0
check '... with the same bytes' same
