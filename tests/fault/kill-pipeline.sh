# A sweep whose make and all its children are killed by kill -9 (KILLS times, by default 20; every other time within a training, else at
# any moment) ends with the tables and models of an undisturbed one. Then a make that is killed alone, whose training goes on, holding its
# lock, while the next make begins; then several makes at once.
. "$TESTS/lib.sh"
kills=${KILLS:-20}
RANDOM=${SEED:-1}
figures=$TOP/pipelines/figures.mk
settings=(BIN="$(dirname "$(command -v mn-train)")" JOBS=2 FIG1_ROWS=300 FIG1_WIDTHS='4 64' FIG1_NOISE='0 0.5' FIG1_EPOCHS=40 SEEDS='1' CHECKPOINT_EVERY=1)

# sweep [SETTING...]: with more settings than those of all sweeps.
# shellcheck disable=SC2120 # they come by way of check
sweep() { make -f "$figures" fig1 "${settings[@]}" "$@" >out.txt 2>err.txt; }
same() { diff -r --exclude='*.log' --exclude=checkpoint --exclude='.*' "$1" out; } # FOLDER
checkpoints() { find out/runs/checkpoint -name '*.st' 2>/dev/null; }
# start_sweep SETTING...: from nothing, in a process group of its own, group.
start_sweep() {
	rm -rf out
	setsid make -f "$figures" fig1 "${settings[@]}" "$@" >out.txt 2>err.txt &
	group=$!
}
# within_training: waits for a checkpoint of the sweep; fails where it ends without one seen.
within_training() {
	until [ -n "$(checkpoints)" ]; do kill -0 $group 2>/dev/null || return 1; done
}
# leave_halves: what a run that is killed while it writes leaves, beside everything that is not made yet.
leave_halves() {
	local file
	while read -r file; do
		[ -e "out/runs/$file" ] || { mkdir -p "out/runs/${file%/*}" && echo half >"out/runs/${file%/*}/.${file##*/}.0a1b2c"; }
	done < <(cd want/runs && find data eval model raw -type f)
}
list_halves() { find out/runs -name '.*.??????'; }

begin=$(milliseconds)
check 'an undisturbed sweep' sweep
lasts=$(($(milliseconds) - begin))
mv out want
hits=0 late=0 differ=0 begun=0 halves=0
while [ $hits -lt "$kills" ] && [ $late -lt 100 ]; do
	start_sweep
	if [ $((hits % 2)) -eq 0 ]; then
		within_training && sleep 0.0$((RANDOM % 5))
	else
		after=$((lasts * (RANDOM % 90 + 5) / 100))
		sleep "$(seconds $after)"
	fi
	kill -9 -- -$group 2>/dev/null
	wait $group 2>/dev/null
	if [ $? -ne 137 ]; then # it was faster
		late=$((late + 1)) lasts=$((lasts * 9 / 10))
		continue
	fi
	hits=$((hits + 1))
	[ -z "$(checkpoints)" ] || begun=$((begun + 1))
	leave_halves
	sweep && same want || differ=$((differ + 1))
	halves=$((halves + $(list_halves | wc -l)))
done
check "$hits kills of a sweep survived, $begun of them within a training: $differ differ" test $hits -eq "$kills" -a $differ -eq 0
check '... and nothing half written is left' test $halves -eq 0

# others: the processes of the group that are not trainings.
others() {
	local stat process name in_group
	for stat in /proc/[0-9]*/stat; do
		{ read -r process name _ _ in_group _ <"$stat"; } 2>/dev/null || continue
		[ "$in_group" != "$group" ] || [ "$name" = '(mn-train)' ] || echo "$process"
	done
}
# One training that lasts longer than it takes to kill the others. (To stop it in the meantime would end it: a process group that nobody
# waits for gets SIGHUP where one of it stands still.)
one=(FIG1_WIDTHS=64 FIG1_NOISE=0.5 FIG1_EPOCHS=600)
rm -rf out
check 'a sweep of one training' sweep "${one[@]}"
mv out want.one
start_sweep "${one[@]}"
within_training
mapfile -t processes < <(others)
kill -9 "${processes[@]}"
wait $group 2>/dev/null
check 'the next make' sweep "${one[@]}"
check '... and a training that goes on while make is killed: the same bytes' same want.one
check '... the run was waited for' test "$(grep -c '^process' out/runs/job/model/*.log)" -eq 1
check '... no checkpoint is left' test -z "$(checkpoints)"

rm -rf out
for i in 1 2 3; do make -f "$figures" fig1 "${settings[@]}" >out.$i.txt 2>err.$i.txt & done
failed=0
for i in 1 2 3; do wait -n || failed=1; done
[ $failed -eq 0 ] || tail -n 5 err.[123].txt
check 'three makes in one folder end well' test $failed -eq 0
check '... with the same bytes' same want
