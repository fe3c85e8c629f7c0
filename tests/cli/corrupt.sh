# mn-corrupt: what it accepts and refuses, what it says, what it keeps. The numbers are in tests/unit/test_corrupt.c.
. "$TESTS/lib.sh"

if ! mn-fetch --offline --range 0:1000 -o clean.st fashion-mnist 2>err; then
	skip 'mn-corrupt: needs the package dataset-fashion-mnist'
	exit
fi

# --- help and misuse

check '--help goes to standard output and ends with 0' mn-corrupt --help >help 2>err
check '... it names its options' test "$(grep -c -E '^  --(labels|label-kind|inputs|input-kind|moments|seed|describe) ' help)" -eq 7
check '... and says nothing on standard error' test ! -s err
check '--version goes to standard output and ends with 0' mn-corrupt --version >version
fails 2 "--labels: '1.1'" mn-corrupt --labels 1.1 clean.st
fails 2 "--labels: '-0.1'" mn-corrupt --labels -0.1 clean.st
fails 2 "--inputs: '3x2'" mn-corrupt --inputs 3x2 clean.st
fails 2 "--inputs: 'nan'" mn-corrupt --inputs nan clean.st
fails 2 "--label-kind" mn-corrupt --label-kind random clean.st
fails 2 "--input-kind" mn-corrupt --input-kind uniform clean.st
fails 2 "--moments" mn-corrupt --moments row clean.st
fails 2 "--seed" mn-corrupt --seed -1 clean.st
fails 2 "'clean.st' is one too many" mn-corrupt clean.st clean.st
fails 1 '^mn-corrupt: none.st: No such file' mn-corrupt none.st
fails 1 '^mn-corrupt: <stdin>: empty input' mn-corrupt
fails 1 '^mn-corrupt: no/out.st: No such file' mn-corrupt -o no/out.st clean.st
head -c 700000 clean.st >cut.st
fails 1 '^mn-corrupt: cut.st: ' mn-corrupt -o out.st --labels 0.5 cut.st
check 'a failed run leaves no file' test "$(ls -A | grep -c '\.st')" -eq 2
mn-corrupt -q clean.st >/dev/full 2>err
check 'a full device: status 1' test $? -eq 1
check '... with a line that says so' grep -q 'No space left' err

# --- what it says

check 'labels' mn-corrupt --labels 0.4 --seed 1 -o labels.st clean.st 2>said
check '... the rates are said in one line' grep -Exq 'mn-corrupt: labels: 0.4 requested, 0\.3[0-9]* realized \(400 of 1000 rows replaced, 3[0-9][0-9] differ\); inputs: 0 requested, 0 realized \(0 replaced, 0 differ\)' said
mn-corrupt -q --labels 0.4 --seed 1 -o quiet.st clean.st 2>said
check '-q: not a word' test ! -s said
check '... and the same bytes' cmp quiet.st labels.st
mn-corrupt --describe labels.st >described
check '--describe shows fractions, kinds and seed' test "$(grep -cE 'mn.label_noise +0.4$|mn.label_kind +uniform|mn.input_noise +0$|mn.data_seed +1$|mn.label_noise_realized +0\.3' described)" -eq 5
check '... masks and true labels' test "$(grep -cE '(true_labels +U8|label_noise +BOOL|input_noise +BOOL) +\[1000\]' described)" -eq 3
check '... and the command' grep -q 'mn-corrupt --labels 0.4 --label-kind uniform --inputs 0 --input-kind gaussian --moments global --seed 1$' described

# --- what it keeps

# crc FILE NAME...: the CRCs of these tensors.
crc() {
	local file=$1 name
	shift
	for name; do grep -aoE 'mn.crc32":"[^}]*' "$file" | grep -oE "\"${name}[\\]*\":[0-9]+"; done
}
same_tensors() { # A B NAME...
	local a=$1 b=$2
	shift 2
	test -n "$(crc "$a" "$@")" -a "$(crc "$a" "$@")" = "$(crc "$b" "$@")"
}
mn-corrupt -q --seed 9 clean.st >zero.st
check 'P = 0 keeps images, labels and index' same_tensors clean.st zero.st images labels index
mn-corrupt -q --inputs 0.25 --seed 1 labels.st >both.st
check 'inputs after labels keep labels, true labels and their mask' same_tensors labels.st both.st labels true_labels label_noise index
mn-corrupt -q --inputs 0.25 --labels 0.4 --seed 1 clean.st >once.st
check 'both in one command are the same tensors' same_tensors once.st both.st images labels true_labels label_noise input_noise index
mn-corrupt -q --inputs 0.25 --seed 1 clean.st | mn-corrupt -q --labels 0.4 --seed 1 >turned.st
check '... so are labels after inputs' same_tensors once.st turned.st images labels true_labels label_noise input_noise index
mn-corrupt -q --inputs 0.25 --seed 2 labels.st >two-seeds.st
mn-corrupt --describe two-seeds.st >described
check 'of two seeds the last is data_seed' grep -qE 'mn.data_seed +2$' described
check '... and both are in the history' test "$(grep -cE 'mn-corrupt .*--seed [12]$' described)" -eq 2
check 'the first kind of noise stays described' grep -qE 'mn.label_noise +0.4$' described
fails 1 '^mn-corrupt: labels.st: its labels were corrupted before' mn-corrupt --labels 0.1 labels.st
fails 1 '^mn-corrupt: both.st: its inputs were corrupted before' mn-corrupt --inputs 0.1 --input-kind shuffle both.st
check 'P = 0 on top of noise is no second corruption' sh -c 'mn-corrupt -q --no-history both.st >again.st'
check '... and changes no tensor' same_tensors both.st again.st images labels true_labels label_noise input_noise index

# --- types

for kind in gaussian:F32 shuffle:U8 permute:U8; do
	mn-corrupt -q --inputs 0.5 --input-kind ${kind%:*} clean.st >kind.st
	check "${kind%:*} inputs are ${kind#*:}" sh -c "mn-corrupt --describe kind.st | grep -Eq 'images +${kind#*:} '"
done
mn-corrupt -q --inputs 0.0004 clean.st >none.st
check 'Gaussian noise in no row leaves images U8' sh -c "mn-corrupt --describe none.st | grep -Eq 'images +U8 '"
mn-corrupt -q --inputs 0.0005 clean.st >one.st
check 'half a row is one' sh -c "mn-corrupt --describe one.st | grep -Eq 'mn.input_noise_realized +0.001$'"
check 'moments of all pixels are two numbers, of pixels 784 each' test "$(mn-corrupt --describe one.st | awk '$1 == "mn.noise_mean" { print split($2, a, ",") }')" = 1 -a \
	"$(mn-corrupt -q --inputs 0.5 --moments pixel clean.st | mn-corrupt --describe - | awk '$1 == "mn.noise_sd" { print split($2, a, ",") }')" = 784

# --- the same bits

mn-corrupt -q --inputs 0.7 --labels 0.7 --label-kind wrong --moments channel --seed 3 --threads 1 clean.st >threads1.st
mn-corrupt -q --inputs 0.7 --labels 0.7 --label-kind wrong --moments channel --seed 3 --threads 4 <clean.st >threads4.st
check '--threads and the way of the input change no bit' cmp threads1.st threads4.st
if [ -n "${LOCPATH-}" ]; then
	LC_ALL=de_DE.UTF-8 mn-corrupt -q --inputs 0.7 --labels 0.7 --label-kind wrong --moments channel --seed 3 clean.st >comma.st
	check 'a decimal comma changes no bit' cmp threads1.st comma.st
fi
mn-corrupt -q -z --labels 0.4 --seed 1 clean.st >packed.st.gz
check '-z: the same, compressed' sh -c 'gzip -dc packed.st.gz | cmp - labels.st'
check '... and read again' sh -c 'mn-corrupt -q --inputs 0.25 --seed 1 packed.st.gz | cmp - both.st'
cp clean.st self.st
check 'the output may be the input' mn-corrupt -q --labels 0.4 --seed 1 -o self.st self.st
check '... it is read first' cmp self.st labels.st
