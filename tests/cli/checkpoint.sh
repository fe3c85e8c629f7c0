# mn-train --checkpoint: what is saved and when, that a run goes on to the same bytes, and what is refused.
. "$TESTS/lib.sh"

mn-fetch --range 0:600 fashion-mnist | mn-corrupt -q --labels 0.2 --seed 1 >data.st
mn-fetch --range 0:600 fashion-mnist | mn-corrupt -q --labels 0.2 --seed 2 >other.st
mn-fetch --range 50000:50200 fashion-mnist >validation.st
options=(--net fc32/relu/fc10 --batch 10 --lr 0.05 --momentum 0.6 --validate validation.st)
saves() { saved=(--save-when "loss<1:$1.loss.st" --save-when "accuracy>=0.5:$1.half.st" --save-when "loss<1e-9:$1.unmet.st"); }
epochs=30
# train NAME OPTION...: the run of all these tests, its files called NAME.*
train() {
	local name=$1
	shift
	saves "$name"
	mn-train "${options[@]}" "${saved[@]}" --epochs $epochs --log "$name.csv" -o "$name.st" "$@" data.st
}
# resumable NAME OPTION...: the same with a checkpoint.
resumable() { train "$1" --checkpoint "$1.ck" "${@:2}"; }
# start NAME OPTION...: the same in the background, signals as a terminal's program has them.
start() {
	local name=$1
	shift
	saves "$name"
	env --default-signal=INT,TERM mn-train "${options[@]}" "${saved[@]}" --log "$name.csv" --checkpoint "$name.ck" -o "$name.st" "$@" data.st 2>err &
	running=$!
}
await() { # FILE: waits until it is there
	for _ in {1..600}; do
		[ -s "$1" ] && return 0
		sleep 0.05
	done
	return 1
}
# same WHAT A B: the two runs left the same files.
same() {
	local file equal=0
	for file in st loss.st half.st unmet.st csv; do cmp "$2.$file" "$3.$file" || equal=1; done
	check "$1" test $equal -eq 0
}
none() { check "$1" test ! -e "$2"; }
parameter() { mn-train --describe "$2" | sed -n "s/^  mn\.$1  *//p"; }
saved_as() { parameter checkpoint "$2" | sed "s/.*\"$1\":\([^,}]*\).*/\1/"; }

# --- a quiet run

train plain
check 'a run with a checkpoint' resumable quiet
same '... ends with the same bytes as one without' plain quiet
check 'the checkpoint is kept' test -s quiet.ck
check '... is a model that can be evaluated' mn-eval --data validation.st -o checkpoint.csv quiet.ck
mn-eval --data validation.st -o model.csv quiet.st
check '... to the same numbers' cmp checkpoint.csv model.csv
check '... and no temporary stays' test -z "$(find . -name '.*.*')"
cp quiet.csv before.csv
rm quiet.st quiet.loss.st quiet.half.st
check 'the same command again' resumable quiet --progress always 2>again.err
check '... does not train' test ! -s again.err
same '... but writes all models' plain quiet

# --- signals

start term --epochs 30 --checkpoint-every 1
await term.ck
kill -TERM $running
wait $running
check 'SIGTERM ends the run with 143' test $? -eq 143
check '... and one line that says where' grep -Eq '^mn-train: ended by SIGTERM after epoch [0-9]+ and [0-9]+ examples more; term.ck holds the run$' err
none '... and no model' term.st
check '... the checkpoint is an unfinished model' test "$(parameter status term.ck)" = unfinished
resumable term
same 'the same command goes on to the same bytes' plain term

start int --epochs 30 --checkpoint-every 1
await int.ck
kill -INT $running
wait $running
check 'SIGINT ends the run with 130' test $? -eq 130
rm -f int.loss.st int.half.st
resumable int --threads 2
same '... which goes on with other threads, and brings back models that somebody removed' plain int

start usr --epochs 30 --checkpoint-every 1000000
await usr.csv
kill -USR1 $running
check 'SIGUSR1 saves' await usr.ck
kill -0 $running
check '... and goes on' test $? -eq 0
kill -9 $running
wait $running 2>/dev/null
resumable usr
same '... after kill -9 too to the same bytes' plain usr

# A signal within an epoch that would take minutes.
mn-train --net fc1000/relu/fc1000/relu/fc10 --batch 1 --epochs 1 --checkpoint within.ck --log within.csv -o within.st data.st 2>err &
running=$!
await within.csv
kill -TERM $running
wait $running
check 'a signal need not wait for the end of an epoch' test $? -eq 143
check '... the batch is the place to go on from' test "$(saved_as epoch within.ck),$(saved_as next within.ck)" = \
	"$(sed 's/.*after epoch \([0-9]*\) and \([0-9]*\) examples.*/\1,\2/' err)"

# --- how often

epochs=8
train short
for every in 1 3 0s 0.01s 1000s; do
	resumable every --checkpoint-every $every
	same "--checkpoint-every $every changes nothing" short every
	rm every.*
done

# --- what may change

resumable more
resumable more --epochs 12 --no-history -z
train longer --epochs 12 --no-history -z
same 'more epochs: the bytes of a run that had them from the start' longer more
fails 1 '^mn-train: more.ck: --epochs 5: the checkpoint is in epoch 12 already' resumable more --epochs 5
cp more.ck moved.ck
mv more.csv elsewhere.csv
saves elsewhere
check 'other paths for the log, the models and the checkpoint' mn-train "${options[@]}" "${saved[@]}" --epochs 12 --no-history -z \
	--log elsewhere.csv --checkpoint moved.ck -o elsewhere.st data.st
same '... the same bytes' longer elsewhere
saves standard
check 'data from standard input' mn-train "${options[@]}" "${saved[@]}" --epochs 8 --log standard.csv --checkpoint standard.ck -o standard.st <data.st
rm standard.st
check '... must be the same again' mn-train "${options[@]}" "${saved[@]}" --epochs 8 --log standard.csv --checkpoint standard.ck -o standard.st <data.st
same '... and are' short standard

resumable until --until-accuracy 0.5
reached=$(parameter epoch until.st)
check 'a converged run' test "$(parameter status until.st)" = converged
resumable until --until-accuracy 0.5
check '... again ends where it ended' test "$(parameter epoch until.st) $(parameter status until.st)" = "$reached converged"
resumable until --until-accuracy 0.6
train until-more --until-accuracy 0.6
same '... and with a higher accuracy goes on to the bytes of a run that had it from the start' until-more until
fails 1 '^mn-train: until.ck: --until-accuracy 0.5: an epoch before the checkpoint' resumable until --until-accuracy 0.5
resumable until
same '... and with none to the last epoch' short until

diverge() { mn-train --net fc64/fc64/fc10 --batch 50 --lr 20 --keep-diverged --epochs 9 --log div.csv --checkpoint div.ck -o "$1" data.st; }
diverge div1.st
diverge div2.st
check 'a diverged run is over' cmp div1.st div2.st
check '... and marked' test "$(parameter status div.ck)" = diverged

# --- what may not

resumable fixed
cp fixed.ck fixed.was
cp fixed.csv fixed.csv.was
refused() { # REGEX OPTION...
	fails 1 "^mn-train: fixed.ck: the checkpoint was made with$1" resumable fixed "${@:2}"
}
refused ' --lr 0.05, this run has --lr 0.06' --lr 0.06
refused ' --net fc32/relu/fc10, this run has --net fc33/relu/fc10' --net fc33/relu/fc10
refused ' --seed 0, this run has --seed 1' --seed 1
refused ' --batch 10, this run has --batch 11' --batch 11
refused ' --momentum 0.6, this run has --momentum 0' --momentum 0
refused ' --weight-decay 0, this run has --weight-decay 0.1' --weight-decay 0.1
refused ' no --decay-biases, this run has --decay-biases yes' --decay-biases
refused ' no --keep-diverged, this run has --keep-diverged yes' --keep-diverged
refused ' --input unit, this run has --input whiten' --input whiten
refused ' --evaluate full, this is needed' --evaluate needed
refused ' no further --save-when, this run has --save-when epoch=3' --save-when epoch=3:x.st
refused ' other validation data: tensor .* of data.st differs' --validate data.st
without() { # REGEX COMMAND...
	fails 1 "^mn-train: fixed.ck: the checkpoint was made with$1" mn-train --checkpoint fixed.ck --epochs 8 -o fixed.st "${@:2}"
}
saves fixed
without " other data: tensor '(labels|label_noise|true_labels)' of other.st differs" "${options[@]}" "${saved[@]}" --log fixed.csv other.st
without ' other data: tensor .* of validation.st differs' "${options[@]}" "${saved[@]}" --log fixed.csv validation.st
without ' validation data' "${options[@]:0:8}" "${saved[@]}" --log fixed.csv data.st
without ' --save-when loss<1, this run has no further --save-when' "${options[@]}" --log fixed.csv data.st
check 'a refused run changes neither checkpoint nor log' eval 'cmp fixed.ck fixed.was && cmp fixed.csv fixed.csv.was'
none '... nor saves on its condition' x.st

mn-train --net fc10 --epochs 1 --checkpoint nolog.ck -o nolog.st data.st
fails 1 '^mn-train: nolog.ck: the checkpoint was made without --log' mn-train --net fc10 --epochs 1 --checkpoint nolog.ck --log nolog.csv -o nolog.st data.st
mn-train --net fc10 --epochs 1 --checkpoint nolog.ck --log nolog2.csv -o nolog.st data.st 2>/dev/null
none '... which begins no log' nolog2.csv

# --- damaged files

head -c -1 fixed.csv.was >fixed.csv
fails 1 '^mn-train: fixed.csv: the log has [0-9]+ bytes, it had [0-9]+ when the checkpoint was saved' resumable fixed
sed '3s/fashion/Fashion/' fixed.csv.was >fixed.csv
fails 1 '^mn-train: fixed.csv: this is not the log that the checkpoint goes on with' resumable fixed
rm fixed.csv
fails 1 '^mn-train: fixed.csv: No such file' resumable fixed
(cat fixed.csv.was; echo 'a row that the checkpoint knows nothing of') >fixed.csv
check 'a log that went on after the checkpoint' resumable fixed
check '... is cut to what it was' cmp fixed.csv fixed.csv.was
size=$(stat -c %s fixed.was)
header=$(($(od -An -tu8 -N8 fixed.was) + 8))
rm fixed.st
for length in 1 7 8 9 $((header / 2)) $((header - 1)) $header $((header + 1000)) $((size - 1)); do
	head -c "$length" fixed.was >fixed.ck
	fails 1 '^mn-train: fixed.ck: ' resumable fixed
done
: >fixed.ck
fails 1 '^mn-train: fixed.ck: empty input' resumable fixed
sed 's/\\"next\\":0/\\"next\\":10/' fixed.was >fixed.ck # the same length, as the header is padded
fails 1 '^mn-train: fixed.ck: ' resumable fixed
sed 's/\\"epoch\\":8/\\"epoch\\":7/' fixed.was >fixed.ck
fails 1 '^mn-train: fixed.ck: the checkpoint is damaged: the CRC-32' resumable fixed
sed 's/"momentum.fc1.bias"/"momentum.fc9.bias"/' fixed.was >fixed.ck
fails 1 '^mn-train: fixed.ck: ' resumable fixed
cp short.st fixed.ck
fails 1 '^mn-train: fixed.ck: this is a model, not a checkpoint' resumable fixed
cp data.st fixed.ck
fails 1 '^mn-train: fixed.ck: ' resumable fixed
none 'none of them leaves a model' fixed.st
cp fixed.was fixed.ck
check 'the whole checkpoint still does' resumable fixed
same '... to the same bytes' short fixed

# --- misuse

fails 2 "--checkpoint-every: '3x' is neither" resumable wrong --checkpoint-every 3x
fails 2 "--checkpoint-every: '0' is neither" resumable wrong --checkpoint-every 0
fails 2 "--checkpoint-every: 's' is neither" resumable wrong --checkpoint-every s
fails 2 '--checkpoint-every needs --checkpoint FILE' train wrong --checkpoint-every 3
fails 2 '--checkpoint: standard output is for the model' train wrong --checkpoint -
fails 2 'wrong.csv: one file cannot be two things' train wrong --checkpoint wrong.csv
fails 2 'data.st: one file cannot be two things' train wrong --checkpoint data.st
fails 2 'wrong.loss.st: one file cannot be two things' train wrong --checkpoint wrong.loss.st
fails 2 'data.st: one file cannot be two things' mn-train --net fc10 --log data.st data.st
fails 1 '^mn-train: no/wrong.ck: No such file' train wrong --checkpoint no/wrong.ck
fails 2 '--log: /dev/null is not a regular file' mn-train --net fc10 --log /dev/null --checkpoint wrong.ck data.st
none 'nothing of all that is left' "$(ls wrong.* 2>/dev/null)"

# --- two at once

start twice --epochs 100000
await twice.csv
fails 1 '^mn-train: twice.csv: another run is writing this log' train twice
kill $running
wait $running
check 'the first is not disturbed' test $? -eq 143
