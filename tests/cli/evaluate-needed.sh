# mn-train --evaluate needed: the same epochs of convergence as full evaluations, on twenty random small runs.
. "$TESTS/lib.sh"

parameter() { mn-train --describe "$2" | sed -n "s/^  mn\.$1  *//p"; }
# first ACCURACY LOG: the first epoch whose row reaches it (nets without commas).
first() { awk -F, -v a="$1" 'NR > 1 && $25 != "" && $25 >= a { print $23; exit }' "$2"; }

mn-fetch --range 0:1100 fashion-mnist >data.st
reached=0 missed=0 same=0 bytes=0 nolog=0 threads=0 rows=0 cut=0
for run in {1..20}; do
	# Widths, noise, rates and batches all over the place: some runs reach all three accuracies, some none.
	mn-corrupt -q --inputs $((run % 3 ? 1 : 0)) --labels 0.$((run % 4 == 0 ? 2 : 0)) --seed $run data.st >run.st
	options=(--net fc$((8 + run * 13 % 50))/relu/fc10 --batch $((10 + run * 11 % 20)) --lr 0.0$((5 + run % 5)) --epochs $((8 + run * 5 % 23)) --seed "$run")
	[ $((run % 5)) -ne 0 ] || options+=(--until-accuracy 0.97)
	[ $((run % 6)) -ne 0 ] || options+=(--momentum 0.5)
	mn-train "${options[@]}" --log full.csv -o full.st run.st
	mn-train "${options[@]}" --evaluate needed --log needed.csv -o needed.st run.st
	if [ $((run % 2)) -eq 0 ]; then
		mn-train "${options[@]}" --evaluate needed --threads 2 --log threads.csv -o threads.st run.st
		cmp needed.st threads.st && cmp needed.csv threads.csv && threads=$((threads + 1))
	else
		mn-train "${options[@]}" -o nolog.st run.st
		cmp full.st nolog.st && nolog=$((nolog + 1))
	fi
	want="$(first 0.99 full.csv) $(first 0.999 full.csv) $(first 1 full.csv)"
	got="$(parameter epoch_99 needed.st) $(parameter epoch_999 needed.st) $(parameter epoch_100 needed.st)"
	[ "$got" = "$want" ] && same=$((same + 1)) || echo "run $run: $got, not $want"
	cmp full.st needed.st && bytes=$((bytes + 1))
	[ -z "$(first 1 full.csv)" ] || reached=$((reached + 1))
	[ -n "$(first 0.99 full.csv)" ] || missed=$((missed + 1))
	# A row of the log is that of the full log, or has empty accuracies.
	awk -F, 'NR == FNR { row[FNR] = $0; key[FNR] = $23; next }
		$0 != row[FNR] && ($23 != key[FNR] || $24 $25 $26 $27 $28 != "") { bad = 1 } END { exit bad || FNR != NR / 2 }' full.csv needed.csv &&
		rows=$((rows + 1))
	cut=$((cut + $(awk -F, 'NR > 1 && $25 == ""' needed.csv | wc -l)))
done
check "the three epochs are those of the full log ($same of 20 runs)" test $same -eq 20
check "$reached of the runs reach 100%, $missed not even 99%" test $reached -ge 5 -a $missed -ge 3
check 'the model has the same bytes' test $bytes -eq 20
check '... without a log too' test $nolog -eq 10
check '... and the model and the log with two threads' test $threads -eq 10
check 'a row of the log is that of the full log, or its accuracies are empty' test $rows -eq 20
check "evaluations are cut short ($cut)" test $cut -gt 100

# The last run again, for what depends on the epochs.
mn-eval --data run.st -o eval.csv full.st
check "mn-eval's rows end in the three epochs" test "$(cut -d, -f35-37 eval.csv)" = "epoch_99,epoch_999,epoch_100
$(parameter epoch_99 full.st),$(parameter epoch_999 full.st),$(parameter epoch_100 full.st)"
mn-corrupt -q --inputs 1 --seed 1 data.st >noise.st
train() { mn-train --net fc64/relu/fc10 --batch 20 --lr 0.2 --seed 3 "$@" noise.st; }
train --epochs 60 --until-accuracy 1 --evaluate needed --log log.csv --save-when 'accuracy>=0.5:half.st' --save-when 'loss<0.3:loss.st' -o model.st
train --epochs 60 --until-accuracy 1 --log full.csv --save-when 'accuracy>=0.5:half-full.st' --save-when 'loss<0.3:loss-full.st' -o full.st
check 'a run that converges' test "$(parameter status model.st)" = converged
check '... at its last epoch' test "$(parameter epoch_100 model.st)" = "$(parameter epoch model.st)"
check '... which is the last row of the log, with its accuracy' test "$(tail -n 1 log.csv | cut -d, -f23,25)" = "$(parameter epoch model.st),1"
check '... saves the same models' eval 'cmp half.st half-full.st && cmp loss.st loss-full.st && cmp model.st full.st'
check 'a model saved on the way knows the epochs so far' test "$(parameter condition half.st)$(parameter epoch_100 half.st)" = 'accuracy>=0.5'
fails 2 "--evaluate: 'some' is not" train --evaluate some
