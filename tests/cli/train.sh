# mn-train: what it accepts and refuses, what it writes, and that the same command gives the same bytes.
. "$TESTS/lib.sh"

header='dataset,train_size,label_noise,label_kind,input_noise,input_kind,moments,data_seed,net,width,parameters,input,init,batch,lr,lr_halve_every,momentum,weight_decay,dropout,input_dropout,gaussian_noise,seed,epoch,train_loss,train_accuracy,clean_accuracy,noisy_accuracy,noisy_true_accuracy,validation_loss,validation_accuracy'

# field N FILE [LINE]: a field of a CSV whose net holds no comma.
field() { sed -n "${3:-2}p" "$2" | cut -d, -f"$1"; }

# parameter KEY MODEL: mn.KEY as --describe shows it.
parameter() { mn-train --describe "$2" | tr -d '\0' | sed -n "s/^  mn\.$1  *//p"; }

# same WHAT FILE...: the files hold the same bytes.
same() {
	local what=$1 first=$2 file equal=0
	shift 2
	for file; do cmp "$first" "$file" || equal=1; done
	check "$what" test $equal -eq 0
}

# A data set with label noise, another without, and a tiny one.
mn-fetch --range 0:600 fashion-mnist >clean.st
mn-fetch --range 50000:50300 fashion-mnist >validation.st
mn-fetch --range 0:40 fashion-mnist >tiny.st
mn-corrupt -q --labels 0.3 --seed 5 clean.st >noisy.st
train() { mn-train --net mlp:24 --batch 50 --lr 0.1 "$@"; }

explode() { mn-train --net fc64/fc64/fc10 --batch 50 --lr 20 "$@"; }

# --- help and misuse

check '--help goes to standard output and ends with 0' mn-train --help >help 2>err
check '... it names every option of the manual' test "$(grep -c -E '^  (-., )?--(net|epochs|batch|lr|momentum|save-when|until-accuracy|log|validate|threads|seed) ' help)" -eq 11
check '... and says nothing on standard error' test ! -s err
check '--version goes to standard output and ends with 0' mn-train --version >version
check '... and names OpenBLAS' grep -q OpenBLAS version
fails 2 '--net NET is required' mn-train clean.st
fails 2 "unknown option '--epoch'" train --epoch 3 clean.st
fails 2 "--batch: '3x2' is not a whole number" train --batch 3x2 clean.st
fails 2 "--lr: '3x2' is not a number" train --lr 3x2 clean.st
fails 2 "--lr: '0,1' is not a number" train --lr 0,1 clean.st
fails 2 "--lr: 'nan' is not a number" train --lr nan clean.st
fails 2 "--batch: '0' is not a whole number between 1 and" train --batch 0 clean.st
fails 2 "--epochs: '-1'" train --epochs -1 clean.st
fails 2 "--dropout: '1' is not" train --dropout 1 clean.st
fails 2 "--momentum: '1' is not" train --momentum 1 clean.st
fails 2 "--until-accuracy: '1.5' is not" train --until-accuracy 1.5 clean.st
fails 2 "--seed: '9223372036854775808' is not" train --seed 9223372036854775808 clean.st
fails 2 "--dropout-layers: 'none' is not" train --dropout-layers none clean.st
fails 2 "'mlp:': sizes are numbers" mn-train --net mlp: clean.st
fails 2 "'mlp:12,': sizes are numbers" mn-train --net mlp:12, clean.st
fails 2 "there is no layer 'foo'" mn-train --net foo/fc10 clean.st
fails 2 'the last layer must be fc10' mn-train --net fc16/relu/fc5 clean.st
fails 2 "--input: 'bogus' is not one of" train --input bogus clean.st
fails 2 'nothing may follow standard or whiten' train --input whiten,crop28 clean.st
fails 2 "--init: 'bogus' is neither" train --init bogus clean.st
fails 2 '--validate is for the log' train --validate validation.st clean.st
fails 2 'cannot both be standard input' train --validate - --log log.csv
fails 2 "one input at a time: 'tiny.st'" train clean.st tiny.st
fails 2 "--save-when: 'loss>1:f' is not" train --save-when 'loss>1:f' clean.st
fails 2 "--save-when: 'loss<1' is not" train --save-when 'loss<1' clean.st
fails 2 "--save-when: 'epoch=0:f' is not" train --save-when 'epoch=0:f' clean.st
fails 2 "--save-when: 'epoch=1.5:f' is not" train --save-when 'epoch=1.5:f' clean.st
fails 2 "--save-when: 'epoch=1:-' is not" train --save-when 'epoch=1:-' -o model.st clean.st
fails 2 '--log: standard output is for the model' train --log - clean.st
fails 1 '^mn-train: none.st: No such file' train none.st
fails 1 '^mn-train: none.st: No such file' train --log log.csv --validate none.st clean.st
fails 1 '^mn-train: <stdin>: empty input' train
fails 1 '^mn-train: no/model.st: No such file' train -o no/model.st clean.st
fails 1 '^mn-train: no/log.csv: No such file' train --log no/log.csv clean.st
fails 1 '^mn-train: no/saved.st: No such file' train --save-when epoch=1:no/saved.st clean.st
check 'the largest seed is taken' train --epochs 0 --seed 9223372036854775807 -o seed.st tiny.st
check '... and kept' test "$(parameter seed seed.st)" = 9223372036854775807

# Images of another size do not fit.
mn-train --net fc10 --epochs 0 -o small.st tiny.st
fails 1 '^mn-train: small.st: (no tensor .images.|is a model)' train small.st
check 'refused runs left no file' test -z "$(ls -A | grep -v -E '^(clean|validation|tiny|noisy|seed|small)\.st$|^(help|version|err)$')"

# --- outputs, the log, the same bytes

check 'a network trains' train --epochs 3 --validate validation.st --log log.csv -o model.st noisy.st
check 'the log has the documented columns' test "$(head -n 1 log.csv)" = "$header"
check '... a row for each epoch, counted from 1' test "$(cut -d, -f23 log.csv | paste -sd' ')" = 'epoch 1 2 3'
check '... and begins with the parameters' test "$(field 1-22 log.csv)" = \
	"$(parameter dataset model.st),600,0.3,uniform,0,gaussian,global,5,mlp:24,24,19090,unit,glorot,50,0.1,0,0,0,0,0,0,0"
check 'every field of every row is filled' test "$(grep -c -e ',,' -e ',$' log.csv)" -eq 0
check 'training lowers the loss' awk -F, 'NR == 2 { first = $24 } END { exit !($24 < first) }' log.csv
mn-eval --data noisy.st --data validation.st -o eval.csv model.st
check 'the last row says what mn-eval says of the training set' test \
	"$(field 24-28 log.csv 4)" = "$(cut -d, -f29,30,32-34 eval.csv | sed -n 2p)"
check '... and of the validation set' test "$(field 29,30 log.csv 4)" = "$(field 29,30 eval.csv 3)"
check 'the model is marked finished, at its epoch' test "$(parameter status model.st) $(parameter epoch model.st)" = 'finished 3'

for threads in 1 2 3; do
	train --epochs 3 --validate validation.st --threads $threads --log log$threads.csv -o model$threads.st noisy.st
done
same 'the same model, history included, again and for 1 to 3 threads' model.st model1.st model2.st model3.st
same 'the same log again and for 1 to 3 threads' log.csv log1.csv log2.csv log3.csv
train --epochs 3 <noisy.st >piped.st
same 'standard input and output, no log, no validation: the same model' model.st piped.st
train --epochs 3 - <noisy.st >piped.st
same 'a file named - is standard input' model.st piped.st
check 'a whole pipe' bash -o pipefail -c \
	'mn-fetch --range 0:300 fashion-mnist | mn-corrupt -q --inputs 0.4 --seed 1 | mn-train --net mlp:8,8 --epochs 2 | mn-eval --data validation.st >pipe.csv'
check '... ends in one row' test "$(wc -l <pipe.csv)" -eq 2
if [ -n "$COMMA_LOCALES" ]; then
	LOCPATH=$COMMA_LOCALES LC_ALL=de_DE.UTF-8 train --epochs 3 --validate validation.st --log comma.csv -o comma.st noisy.st
	same 'a locale with a decimal comma changes no byte of the model' model.st comma.st
	same '... nor of the log' log.csv comma.csv
else
	skip 'no locale with a decimal comma can be made here'
fi
train --epochs 3 --seed 1 -o other.st noisy.st
check 'another seed gives another model' bash -c '! cmp -s model.st other.st'

check '-z compresses' train --epochs 3 -z -o model.st.gz noisy.st
check '... to gzip' test "$(head -c 2 model.st.gz | od -An -tx1 | tr -d ' ')" = 1f8b
gzip -dc <model.st.gz >unzipped.st
same '... of the same bytes' model.st unzipped.st
train --epochs 3 --no-history -o bare.st noisy.st
check '--no-history leaves the history out' bash -c '! grep -aq mn.history bare.st && grep -aq mn.history model.st'
check '... and the parameters in' test "$(parameter epoch bare.st)" = 3
check '--epochs 0 writes the initial model' train --epochs 0 -o initial.st clean.st
check '... which knows nothing yet' test "$(mn-eval --data clean.st initial.st | awk -F, 'NR == 2 { print ($29 > 2 && $29 < 4), $23 }')" = '1 0'
check 'a batch larger than the set is the set' train --batch 1000000 --epochs 1 -o large.st tiny.st
check '... and is called so' test "$(parameter batch large.st)" = 40
check 'a last batch of one' train --batch 39 --epochs 2 -o uneven.st tiny.st

echo before >kept.st
fails 1 'the loss is not finite in epoch [1-9][0-9]*, batch [1-9]' explode -o kept.st clean.st
check 'a failed run leaves the file of that name alone' test "$(cat kept.st)" = before
check 'no run left a temporary file' test -z "$(find . -name '.*.st.*')"

# --- progress

train --epochs 1 clean.st 2>err >/dev/null
check 'nothing on standard error where that is no terminal' test ! -s err
train --epochs 1 --progress always clean.st 2>err >/dev/null
check '--progress always shows lines' grep -q '^mn-train \[#* *\.*\] *[0-9]*%' err
train --epochs 1 --progress always -q clean.st 2>err >/dev/null
check '-q is silent' test ! -s err

# --- stopping and saving

train --epochs 40 --until-accuracy 0.6 --log until.csv -o until.st clean.st
check '--until-accuracy stops at the first epoch that reaches it' awk -F, \
	'NR > 2 && last >= 0.6 { early = 1 } NR > 1 { last = $25 } END { exit early || last < 0.6 }' until.csv
check '... long before the last' test "$(wc -l <until.csv)" -lt 40
check '... marked converged, at its epoch' test "$(parameter status until.st) $(parameter epoch until.st)" = "converged $(($(wc -l <until.csv) - 1))"
train --epochs 2 --until-accuracy 1 -o not.st noisy.st
check 'a run that does not get there is marked finished' test "$(parameter status not.st)" = finished

train --epochs 6 --log save.csv --save-when 'loss<1.5:loss.st' --save-when 'accuracy>=0.55:accuracy.st' --save-when 'epoch=2:two.st' \
	--save-when 'loss<0.001:unmet.st' -o all.st clean.st
first() { awk -F, "NR > 1 && $1 { print \$23; exit }" save.csv; }
check '--save-when loss<X: the first epoch below' test "$(parameter epoch loss.st)" = "$(first '$24 < 1.5')"
check '--save-when accuracy>=X: the first epoch that reaches it' test "$(parameter epoch accuracy.st)" = "$(first '$25 >= 0.55')"
check '--save-when epoch=N' test "$(parameter epoch two.st)" = 2
check 'conditions are noted as given' test "$(parameter condition loss.st) $(parameter condition accuracy.st) $(parameter condition two.st)" = \
	'loss<1.5 accuracy>=0.55 epoch=2'
check 'a condition never met leaves the final model, marked unmet' test "$(parameter condition unmet.st) $(parameter epoch unmet.st)" = 'unmet 6'
mn-eval --data clean.st -o saved.csv loss.st two.st unmet.st all.st
check 'saved models are those of their epochs' test "$(cut -d, -f29,30 saved.csv | sed 1d)" = \
	"$(for epoch in "$(parameter epoch loss.st)" 2 6 6; do field 24,25 save.csv $((epoch + 1)); done)"
check 'the final model has no condition' test -z "$(parameter condition all.st)"

# --- divergence

explode --log diverged.csv clean.st >diverged.st 2>err
check 'a loss that is not finite fails the run' test $? -eq 1
check '... leaves nothing on standard output' test ! -s diverged.st
check '... and no row of its epoch' test "$(wc -l <diverged.csv)" -eq "$(sed -n 's/.*in epoch \([0-9]*\),.*/\1/p' err)"
check '--keep-diverged ends with 0' explode --keep-diverged --epochs 20 --log diverged.csv --save-when 'loss<0.1:never.st' -o diverged.st clean.st
check '... marks the model' test "$(parameter status diverged.st)" = diverged
check '... at the epoch that it happened in' test "$(parameter epoch diverged.st)" = "$(sed -n 's/.*in epoch \([0-9]*\),.*/\1/p' err)"
check '... and the log' test "$(tail -n 1 diverged.csv | cut -d, -f23-30)" = "$(parameter epoch diverged.st),nan,,,,,,"
check '... and what it saves' test "$(parameter status never.st) $(parameter condition never.st)" = 'diverged unmet'

# --- full disks, closed pipes, terminals

fails 1 '^mn-train: (/dev/full|cannot write)' train --epochs 1 -o /dev/full tiny.st
train --epochs 1 tiny.st >/dev/full 2>err
check 'a full disk behind standard output ends with 1' test $? -eq 1
check '... and one line' test "$(wc -l <err)" -eq 1
fails 1 '^mn-train: /dev/full: No space' train --epochs 1 --log /dev/full -o full.st tiny.st
fails 1 '^mn-train: (/dev/full|cannot write)' train --epochs 1 --save-when epoch=1:/dev/full -o full.st tiny.st
check 'no model after a failure' test ! -e full.st
(env --default-signal=PIPE mn-train --net mlp:64 --epochs 1 tiny.st 2>err; echo $? >status) | :
check 'a closed pipe ends it with 1 and one line' test "$(cat status)" -eq 1 -a "$(wc -l <err)" -eq 1
if command -v script >/dev/null; then
	script -qec 'mn-train --net fc10 none.st' typescript </dev/null >/dev/null
	check 'binary output to a terminal is refused with 2' test $? -eq 2
	check '... before any work' grep -q 'standard output is a terminal' typescript
	script -qec 'mn-train --net fc10 -o tty.st' typescript </dev/null >/dev/null
	check 'input from a terminal is refused with 2' test $? -eq 2
else
	skip 'no script(1): terminals are not tested'
fi

# --- a stranger's data set

if python=$(find_numpy); then
	cat >six.py <<-'END'
		import json, struct, sys, numpy as np
		x, y = np.random.default_rng(1).random((200, 28, 28), np.float32), np.arange(200) % 10
		x[np.arange(200), y] += 1
		header = json.dumps({"images": {"dtype": "F32", "shape": x.shape, "data_offsets": [0, x.nbytes]},
		                     "labels": {"dtype": "I64", "shape": y.shape, "data_offsets": [x.nbytes, x.nbytes + y.nbytes]}}).encode()
		sys.stdout.buffer.write(struct.pack("<Q", len(header)) + header + x.tobytes() + y.tobytes())
	END
	"$python" six.py >six.st
	check 'a data set written by six lines of numpy trains' train --batch 20 --epochs 30 --until-accuracy 1 -o six-model.st six.st
	check '... to the end' test "$(parameter status six-model.st)" = converged
	sed '3a x[100:] = x[:100]; y[150:] = 3' six.py >twice.py
	"$python" twice.py >twice.st
	check 'images that come twice under different labels' train --epochs 1 -o twice-model.st twice.st 2>err
	check '... bound what can be attained, as it says' test "$(cat err)" = \
		'mn-train: twice.st: the attainable accuracy is 0.775: 45 rows repeat an image under another label'
	check '... in the model too' test "$(parameter attainable_accuracy twice-model.st)" = 0.775
	train --epochs 1 -q -o twice-model.st twice.st 2>err
	check '... but not with -q' test ! -s err
	fails 1 '^mn-train: six.st: images are 1 x 28 x 28, .*' bash -c \
		'sed "s/200, 28, 28/200, 14, 56/" six.st >odd.st; exec mn-train --net fc10 --log l.csv --validate six.st odd.st'
else
	skip 'no python3-numpy: a data set written by it is not tried'
fi
