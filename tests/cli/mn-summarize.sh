. "$TESTS/lib.sh"

# same TEXT FILE COMMAND...: the command's standard output is the file's content.
same() {
	local text=$1 file=$2
	shift 2
	check "$text" diff "$file" <("$@")
}

cat >a.csv <<'CSV'
width,seed,kind,accuracy,loss
16,1,x,0.5,2
16,2,x,0.75,nan
128,1,x,1,
CSV
cat >b.csv <<'CSV'
width,seed,kind,accuracy,loss
128,2,x,0.5,1
2,1,"y,z",0.25,3
CSV

cat >want <<'CSV'
width,accuracy_n,accuracy_mean,loss_n,loss_mean
2,1,0.25,1,3
16,2,0.625,2,nan
128,2,0.75,1,1
CSV
same 'groups in numerical order, empty values not counted, nan kept' want mn-summarize --by width --value accuracy,loss --stat n,mean a.csv b.csv
same 'the order of the files does not matter' want mn-summarize --by width --value accuracy,loss --stat n,mean b.csv a.csv
same 'standard input is a file too' want mn-summarize --by width --value accuracy,loss --stat n,mean a.csv - <b.csv
printf 'a.csv\n\nb.csv\n' >list
same 'files by a list' want mn-summarize --by width --value accuracy,loss --stat n,mean --files-from list
same 'a list by standard input' want mn-summarize --by width --value accuracy,loss --stat n,mean --files-from - <list

cat >want <<'CSV'
accuracy_n,accuracy_nonfinite,accuracy_min,accuracy_median,accuracy_max,loss_n,loss_nonfinite,loss_min,loss_median,loss_max
5,0,0.25,0.5,1,4,1,nan,nan,nan
CSV
same 'without --by all rows are one group' want mn-summarize --value accuracy,loss --stat n,nonfinite,min,median,max a.csv b.csv

cat >want <<'CSV'
kind,width,accuracy_n,accuracy_mean,accuracy_ci95_low,accuracy_ci95_high
x,16,2,0.625,-0.963275592,2.21327559
x,128,2,0.75,-2.42655118,3.92655118
"y,z",2,1,0.25,,
CSV
same 'by default n, mean and Student'"'"'s interval; text is quoted where need be' want mn-summarize --by kind,width --value accuracy a.csv b.csv

cat >want <<'CSV'
seed,accuracy_n
2,2
CSV
same 'conditions: all must hold, numbers compare as numbers' want mn-summarize --by seed --value accuracy --stat n --where kind=x --where seed=2.0 a.csv b.csv

check 'a file is written whole' mn-summarize --by width --value accuracy -o out.csv a.csv
check 'with what standard output would get' cmp out.csv <(mn-summarize --by width --value accuracy a.csv)

sed 's/seed/sede/' b.csv >other.csv
fails 1 'other.csv: header differs from that of a.csv: column 2 is .sede., there .seed.' mn-summarize --by width --value loss a.csv other.csv
sed 's/$/,1/; 1s/1$/more/' b.csv >longer.csv
fails 1 "longer.csv: .* column 6, 'more', is not there" mn-summarize --by width --value loss a.csv longer.csv
cut -d, -f1-4 a.csv >shorter.csv
fails 1 "shorter.csv: .* column 5, 'loss', is missing" mn-summarize --by width --value accuracy a.csv shorter.csv
: >empty.csv
fails 1 'empty.csv: empty' mn-summarize --by width --value loss a.csv empty.csv
head -1 a.csv >header.csv
fails 1 'header.csv: a header, but no row' mn-summarize --by width --value loss header.csv
fails 1 'no row meets' mn-summarize --by width --value loss --where kind=none a.csv
fails 1 "a.csv: no column 'widht' \(it has width,seed,kind,accuracy,loss\)" mn-summarize --by widht --value loss a.csv
fails 1 "a.csv: line 2: column 'kind' holds 'x', which is not a number" mn-summarize --value kind a.csv
printf 'a,b\n1,2\n3\n' >ragged.csv
fails 1 'ragged.csv: line 3: 1 fields where the header has 2' mn-summarize --value a ragged.csv
printf 'a,a\n1,2\n' >twice.csv
fails 1 "twice.csv: the header has column 'a' twice" mn-summarize --value a twice.csv
fails 1 'missing.csv: No such file' mn-summarize --value a missing.csv
fails 1 'nolist: No such file' mn-summarize --value a --files-from nolist
fails 2 "stat 'n,mode'|'mode'" mn-summarize --value loss --stat n,mode a.csv
fails 2 'value' mn-summarize --by width a.csv
fails 2 'where' mn-summarize --value loss --where width a.csv
fails 2 "'width' twice" mn-summarize --by width,width --value loss a.csv
fails 1 '/dev/full|No space' mn-summarize --value loss -o /dev/full a.csv

# From logs to times.
cat >log.csv <<'CSV'
width,seed,epoch,train_accuracy
16,1,1,0.5
16,1,2,
16,1,3,1
16,1,4,1
16,2,1,0.9
16,2,2,0.9
32,1,1,1
CSV
cat >want <<'CSV'
width,seed,time,censored
16,1,3,0
16,2,2,1
32,1,1,0
CSV
same 'the first epoch that meets a condition, or the last one, censored' want mn-summarize --first 'train_accuracy>=1' log.csv
same 'the same by named columns' want mn-summarize --first 'train_accuracy>=1' --by width,seed log.csv
cat >want <<'CSV'
width,time_n,time_censored,time_median,time_median_ci95_low,time_median_ci95_high
16,2,1,3,,inf
32,1,0,1,,inf
CSV
mn-summarize --first 'train_accuracy>=1' log.csv | same 'Kaplan-Meier medians from a pipe' want mn-summarize --censored --by width
# Two of three runs diverge, one of them after it met the condition; the third takes its time.
cat >diverged-log.csv <<'CSV'
width,seed,epoch,train_loss,train_accuracy
16,1,1,nan,
16,2,1,2,1
16,2,2,nan,
16,3,1,nan,
16,4,1,2,0.5
16,4,2,2,0.5
CSV
cat >want <<'CSV'
width,seed,time,censored
16,1,inf,1
16,2,1,0
16,3,inf,1
16,4,2,1
CSV
mn-summarize --first 'train_accuracy>=1' diverged-log.csv >times.csv
same 'a run that diverged never meets it' want cat times.csv
cat >want <<'CSV'
width,time_n,time_censored,time_median,time_median_ci95_low,time_median_ci95_high
16,3,2,inf,1,inf
CSV
same 'and one survivor is not the median of three' want mn-summarize --censored --by width --where seed=1 <(sed 's/16,[23],/16,1,/; /16,4/d' times.csv)
fails 1 "holds inf, which is not a time" mn-summarize --censored <(sed 's/inf,1/inf,0/' times.csv)
# Ratios: each seed's factor 2 or 4 against the widest net, the resamples of two seeds between them; one that is censored is open above.
cat >ratios.csv <<'CSV'
noise,width,seed,time,censored
0,16,1,8,0
0,16,2,32,0
0,64,1,4,0
0,64,2,8,0
1,16,1,100,1
1,16,2,100,1
1,64,1,10,0
1,64,2,10,0
2,16,1,5,0
CSV
cat >want <<'CSV'
noise,width,time_n,time_censored,time_median,time_median_ci95_low,time_median_ci95_high,time_ratio,time_ratio_ci95_low,time_ratio_ci95_high
0,16,2,0,20,8,inf,3.33333333,2,4
0,64,2,0,6,4,inf,1,1,1
1,16,2,2,inf,inf,inf,10,10,inf
1,64,2,0,10,,inf,1,1,1
2,16,1,0,5,,inf,1,,
CSV
same 'medians relative to the widest net' want mn-summarize --censored --by noise,width --relative-to width=max ratios.csv
check 'relative to a given width' grep -q '^2,16,1,0,5,,inf,,,$' <(mn-summarize --censored --by noise,width --relative-to width=64 ratios.csv)
sed 's/^0,64,2,8,0/0,64,2,8,1/' ratios.csv >open.csv
check 'a base that half of the runs reached bounds the ratio from above' grep -q '^0,16,2,0,20,8,inf,5,0,5$' \
	<(mn-summarize --censored --by noise,width --relative-to width=max open.csv)
check 'but its own median is as R has it' grep -q '^0,64,2,1,4,' <(mn-summarize --censored --by noise,width --relative-to width=max open.csv)
fails 2 'must be one of --by' mn-summarize --censored --by noise --relative-to width=max ratios.csv
fails 2 'goes with --censored' mn-summarize --value time --by width --relative-to width=max ratios.csv
fails 1 'log.csv: line 2: epoch 1 after epoch 4 of a run with the same parameters' mn-summarize --first 'train_accuracy>=1' log.csv log.csv
fails 2 'not of the form' mn-summarize --first 'train_accuracy' log.csv
fails 1 "no column 'nothing'" mn-summarize --first 'nothing>=1' log.csv
fails 2 'two steps' mn-summarize --first 'train_accuracy>=1' --censored log.csv
fails 1 "no column 'censored'" mn-summarize --censored --value epoch log.csv
printf 'time,censored\n3,2\n' >bad.csv
fails 1 'bad.csv: line 2: .* neither 0 nor 1' mn-summarize --censored bad.csv

# Power laws. y = 3 x^-2 in each seed up to a factor of the seed, which cancels; then exponents -1, -2, -3 of three seeds.
cat >power.csv <<'CSV'
kind,x,y,seed
a,1,3,1
a,2,0.75,1
a,4,0.1875,1
a,1,6,2
a,2,1.5,2
a,4,0.375,2
a,1,1.5,3
a,2,0.375,3
a,4,0.09375,3
b,1,1,1
b,2,0.5,1
b,1,1,2
b,2,0.25,2
b,1,1,3
b,2,0.125,3
CSV
cat >want <<'CSV'
kind,x,y,n,points,units,exponent,exponent_ci95_low,exponent_ci95_high,coefficient
a,x,y,9,3,3,-2,-2,-2,3
b,x,y,6,2,3,-2,-3,-1,1
CSV
same 'exponents and their intervals' want mn-summarize --by kind --fit x:y power.csv
sed '1s/$/,censored/; 2,$s/$/,0/; s/^\(a,4,.*\),0$/\1,1/; s/^b.*1,3,0$/&/' power.csv >times.csv
cat >want <<'CSV'
kind,x,y,n,points,units,exponent,exponent_ci95_low,exponent_ci95_high,coefficient
a,x,y,9,3,3,-1.5,-2,inf,
b,x,y,6,2,3,-2,-3,-1,1
CSV
same 'a median that was not reached leaves the interval open' want mn-summarize --by kind --fit x:y times.csv
sed 's/^a,4,0.1875,1$/a,4,0,1/' power.csv >zero.csv
fails 1 "zero.csv: line 4: column 'y' holds 0; a power law is of positive numbers" mn-summarize --by kind --fit x:y zero.csv
fails 1 'two runs with .* 1 on the horizontal axis and seed 1' mn-summarize --fit x:y power.csv
fails 2 'not of the form X:Y' mn-summarize --fit x power.csv
fails 2 'takes no --value' mn-summarize --fit x:y --value y power.csv

# Differences within a seed.
cat >pairs.csv <<'CSV'
width,noise,seed,accuracy
16,0,1,0.5
16,0,2,0.75
16,0.5,1,0.25
16,0.5,2,0.625
16,0.5,3,0.5
64,0,1,1
64,0.5,1,0.5
CSV
cat >want <<'CSV'
width,noise,unpaired,accuracy_difference_n,accuracy_difference_mean
16,0.5,1,2,-0.1875
64,0.5,0,1,-0.5
CSV
same 'noise minus clean at the same seed' want mn-summarize --by width,noise --value accuracy --paired-by seed --minus noise=0.0 --stat n,mean pairs.csv
cat >want <<'CSV'
width,accuracy_difference_n,accuracy_difference_min,accuracy_difference_max
64,2,0.25,0.5
CSV
mn-summarize --by width --value accuracy --paired-by noise,seed --minus width=16 --stat n,min,max pairs.csv | cut -d, -f1,3- |
	same 'wide minus narrow at the same seed and noise' want cat
fails 1 'line 3: a second row with the same' mn-summarize --by noise --value accuracy --paired-by width --minus noise=0 pairs.csv
fails 1 "no row has '0.1' in column 'noise'" mn-summarize --by width,noise --value accuracy --paired-by seed --minus noise=0.1 pairs.csv
fails 2 'must be one of --by' mn-summarize --by width --value accuracy --paired-by seed --minus noise=0 pairs.csv
fails 2 'needs --minus' mn-summarize --by width --value accuracy --paired-by seed pairs.csv
fails 2 'goes with' mn-summarize --by width,noise --value accuracy --minus noise=0 pairs.csv
