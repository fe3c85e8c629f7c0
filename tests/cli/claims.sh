. "$TESTS/lib.sh"

# same TEXT FILE COMMAND...: the command's standard output is the file's content.
same() {
	local text=$1 file=$2
	shift 2
	check "$text" diff "$file" <("$@")
}

# Figure 1. Accuracy by width 16, 64, 256; half a point below the best of 0.9 is 0.895: without noise width 16 is enough, with noise
# 0.5 width 256 is needed: 4 doublings more, 8 per unit of noise.
fig1() { # SEEDS
	echo dataset,label_noise,input_noise,width,seed,status,accuracy
	for s in $(seq "$1"); do
		for row in 0,16,0.895 0,64,0.9 0,256,0.9 0.5,16,0.7 0.5,64,0.75 0.5,256,0.8; do
			IFS=, read -r p w a <<<"$row"
			echo "toy,0,$p,$w,$s,finished,$a"
		done
	done
}
fig1 5 >fig1.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig1,noise needs more capacity,toy,inputs,0,width_needed,16,16,16,5,
fig1,noise needs more capacity,toy,inputs,0.5,width_needed,256,256,256,5,
fig1,noise needs more capacity,toy,inputs,0.5,log2_width_needed_minus_clean,4,4,4,5,holds
fig1,noise needs more capacity,toy,inputs,,log2_width_needed_per_noise,8,8,8,5,holds
fig1,accuracy grows with width,toy,inputs,0,accuracy_per_doubling,0.00125,0.00125,0.00125,5,holds
fig1,accuracy grows with width,toy,inputs,0.5,accuracy_per_doubling,0.025,0.025,0.025,5,holds
fig1,noise lowers accuracy,toy,inputs,0.5,best_accuracy_minus_clean,-0.1,-0.1,-0.1,5,holds
fig1,noise lowers accuracy,toy,inputs,,best_accuracy_per_noise,-0.2,-0.2,-0.2,5,holds
CSV
same 'Figure 1 by hand' want mn-summarize --claims fig1 fig1.csv
(head -1 fig1.csv; tail -n +2 fig1.csv | sort -r) >turned.csv
same 'whatever the order of the rows' want mn-summarize --claims fig1 turned.csv
fig1 3 >three.csv
check 'three seeds suggest' test "$(mn-summarize --claims fig1 three.csv | grep -c ',suggestive$')" -eq 6
fig1 2 >two.csv
check 'two seeds resolve nothing' test "$(mn-summarize --claims fig1 two.csv | grep -c ',not resolved$')" -eq 6
# The other way round: noise makes a small net enough.
sed 's/^toy,0,0,/toy,0,X,/; s/^toy,0,0.5,/toy,0,0,/; s/X/0.5/' fig1.csv >mirror.csv
check 'the contrary is said' grep -q 'log2_width_needed_minus_clean,-4,-4,-4,5,contradicted' <(mn-summarize --claims fig1 mirror.csv)
# One seed without clean runs, one diverged run: what is left counts.
grep -v '^toy,0,0,.*,5,finished' fig1.csv | sed 's/^\(toy,0,0.5,16,2,\)finished.*/\1diverged,0.1/' >holes.csv
check 'a seed without clean runs is not compared' grep -q 'minus_clean,4,4,4,4,suggestive' <(mn-summarize --claims fig1 holes.csv)
check 'a diverged run is left out' grep -q '0.5,accuracy_per_doubling,0.025,0.025,0.025,5,holds' <(mn-summarize --claims fig1 holes.csv)
sed 's/^toy,0,/toy,0.5,/' fig1.csv | tail -1 | cat fig1.csv - >both.csv
fails 1 'both.csv: line 32: noise in labels and inputs' mn-summarize --claims fig1 both.csv
tail -1 fig1.csv | cat fig1.csv - >double.csv
fails 1 'two runs with noise 0.5, 256 on the horizontal axis and seed 5' mn-summarize --claims fig1 double.csv
sed '3s/toy/other/' fig1.csv >sets.csv
fails 1 "sets.csv: line 3: data set 'other' after 'toy'" mn-summarize --claims fig1 sets.csv
fails 2 'claims' mn-summarize --claims fig9 fig1.csv
fails 2 'takes no --by' mn-summarize --claims fig1 --by width fig1.csv
fails 2 'two steps' mn-summarize --claims fig1 --censored fig1.csv

# Figure 2, left: clean 8 epochs at width 16 and 4 at 64, an exponent of -1/2; noise 0.5 64 and 4, an exponent of -2 and 3 doublings more.
fig2() { # CENSORED (of the narrow net with noise)
	echo dataset,label_noise,input_noise,train_size,width,seed,time,censored
	for s in 1 2 3 4 5; do
		echo "toy,0,0,100,16,$s,8,0"
		echo "toy,0,0,100,64,$s,4,0"
		echo "toy,0.5,0,100,16,$s,64,$1"
		echo "toy,0.5,0,100,64,$s,4,0"
	done
}
fig2 0 >fig2.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig2-left,time falls with width,toy,labels,0,width_exponent,-0.5,-0.5,-0.5,5,holds
fig2-left,time falls with width,toy,labels,0.5,width_exponent,-2,-2,-2,5,holds
fig2-left,noise needs width more,toy,labels,0,log2_time_narrow_to_wide,1,1,1,5,
fig2-left,noise needs width more,toy,labels,0.5,log2_time_narrow_to_wide,4,4,4,5,
fig2-left,noise needs width more,toy,labels,0.5,log2_time_narrow_to_wide_minus_clean,3,3,3,5,holds
fig2-left,noise needs width more,toy,labels,,log2_time_narrow_to_wide_per_noise,6,6,6,5,holds
fig2-left,random labels take longer,toy,labels,0.5,log2_time_minus_clean,1.5,1.5,1.5,5,holds
CSV
same 'Figure 2 left by hand' want mn-summarize --claims fig2-left fig2.csv
fig2 1 >censored.csv
sed -i '/0.5,width_exponent/s/-2,-2,-2/-2,-inf,-2/; /narrow_to_wide,4/s/4,4,4/4,4,inf/; s/3,3,3/3,3,inf/; s/6,6,6/6,6,inf/; s/1.5,1.5,1.5/1.5,1.5,inf/' want
same 'a run that did not get there bounds the numbers from one side' want mn-summarize --claims fig2-left censored.csv
# Three of five seeds of the narrow net with noise diverge: it does not take what the other two took, and in some resamples all diverge.
# Where two do, the median is known, and open above in some resamples.
sed 's/^\(toy,0.5,0,100,16,[123],\)64,1$/\1inf,1/; s/64,1$/64,0/' censored.csv >diverged.csv
check 'two seeds do not stand for three that diverged' grep -q '0.5,width_exponent,-2,-inf,inf,5,not resolved' <(mn-summarize --claims fig2-left diverged.csv)
check 'where two diverged the others bound the time' grep -q '0.5,width_exponent,-2,-inf,-2,5,holds' \
	<(sed 's/16,3,inf,1/16,3,64,0/' diverged.csv | mn-summarize --claims fig2-left)
check 'a net that always diverges has no time' test \
	"$(sed 's/^\(toy,0.5,0,100,16,.*,\)64,1$/\1inf,1/' censored.csv | mn-summarize --claims fig2-left | grep -c ',-inf,inf,5,not resolved$')" = 4
# Of four seeds two did not get there: the median of 8, 8, 8+, 8+ is at least 8.
fig2 0 | sed '/,5,[0-9]*,0$/d; s/^\(toy,0.5,.*16,[12],\)64,0/\164,1/' >half.csv
check 'half of the runs censored: the median is a bound' grep -q '0.5,width_exponent,-2,-inf,-2,4,suggestive' <(mn-summarize --claims fig2-left half.csv)
# The same numbers as sizes, turned round: 4 epochs at 16 rows, 8 at 64, with noise in inputs.
sed '1!s/toy,0.5,0,/toy,0,0.5,/; 1!s/,100,16,/,64,9,/; 1!s/,100,64,/,16,9,/' fig2.csv >sizes.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig2-right,time grows with size,toy,inputs,0,size_exponent,0.5,0.5,0.5,5,holds
fig2-right,time grows with size,toy,inputs,0.5,size_exponent,2,2,2,5,holds
fig2-right,noise feels size more,toy,inputs,0,log2_time_large_to_small,1,1,1,5,
fig2-right,noise feels size more,toy,inputs,0.5,log2_time_large_to_small,4,4,4,5,
fig2-right,noise feels size more,toy,inputs,0.5,log2_time_large_to_small_minus_clean,3,3,3,5,holds
fig2-right,noise feels size more,toy,inputs,,log2_time_large_to_small_per_noise,6,6,6,5,holds
fig2-right,random inputs take shorter,toy,inputs,0.5,log2_time_minus_clean,1.5,1.5,1.5,5,contradicted
CSV
same 'Figure 2 right by hand' want mn-summarize --claims fig2-right sizes.csv
# The same time at every size, four sizes and a prime: what floating point leaves of such a slope has no side.
{
	head -n 1 fig2.csv
	for s in 1 2 3 4 5; do for n in 250 500 1000 2000; do echo "toy,0,0,$n,64,$s,41,0"; done; done
} >constant.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig2-right,time grows with size,toy,,0,size_exponent,0,0,0,5,not resolved
fig2-right,noise feels size more,toy,,0,log2_time_large_to_small,0,0,0,5,
CSV
same 'rounding errors are no verdict' want mn-summarize --claims fig2-right constant.csv

# Figure 3, left: at the end 2 and, with noise 0.5, 8; one run came down to the matched loss in three seeds alone.
{
	echo dataset,label_noise,input_noise,seed,status,condition,rows,statistic,which,rank,value,converged
	for s in 1 2 3 4 5; do
		met='loss<0.1'
		[ $s -le 3 ] || met=unmet
		for p in 0 0.5; do
			echo "toy,0,$p,$s,finished,,all,eigenvalue,largest,1,$([ $p = 0 ] && echo 2 || echo 8),1"
			echo "toy,0,$p,$s,finished,,all,eigenvalue,largest,2,1,1"
			echo "toy,0,$p,$s,finished,,all,trace,,,100,1"
			echo "toy,0,$p,$s,finished,,noisy,eigenvalue,largest,1,$([ $p = 0 ] || echo 4),1"
			echo "toy,0,$p,$s,finished,$([ $p = 0 ] && echo 'loss<0.1' || echo "$met"),all,eigenvalue,largest,1,16,1"
		done
	done
} >fig3.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig3-left,noise sharpens the end,toy,inputs,0,eigenvalue_end_all,2,2,2,5,
fig3-left,noise sharpens the end,toy,inputs,0.5,eigenvalue_end_all,8,8,8,5,
fig3-left,noise sharpens the end,toy,inputs,0.5,log2_eigenvalue_end_all_minus_clean,2,2,2,5,holds
fig3-left,noise sharpens the end,toy,inputs,,log2_eigenvalue_end_all_per_noise,4,4,4,5,holds
fig3-left,noise sharpens the end,toy,inputs,0.5,eigenvalue_end_noisy,4,4,4,5,
fig3-left,noise sharpens at matched loss,toy,inputs,0,eigenvalue_matched_all,16,16,16,5,
fig3-left,noise sharpens at matched loss,toy,inputs,0.5,eigenvalue_matched_all,16,16,16,3,
fig3-left,noise sharpens at matched loss,toy,inputs,0.5,log2_eigenvalue_matched_all_minus_clean,0,0,0,3,not resolved
fig3-left,noise sharpens at matched loss,toy,inputs,,log2_eigenvalue_matched_all_per_noise,0,0,0,3,not resolved
CSV
same 'Figure 3 left by hand' want mn-summarize --claims fig3-left fig3.csv

# Figure 3, right. Points (accuracy on random labels, best validation accuracy, final one): without a regularizer (1, 0.8, 0.78); dropout
# (0.6, 0.76, 0.7) and (0.2, 0.6, 0.6); weight decay (0.6, 0.6, 0.5) and (0.1, 0.1, 0.1); input dropout (0.8, 0.7, 0.66), and a run that
# diverged; no Gaussian noise. At 0.75 dropout's curve has 0.76 + 3/8 of 0.04, weight decay's 0.6 + 3/8 of 0.2, and input dropout's does not
# come there. Between 0.8 and 1 dropout is above input dropout by 0.08 ... 0; between 0.2, 0.6 and 1 above weight decay by 0.4, 0.16, 0.
regularized() { # SEEDS
	local columns=dataset,label_noise,input_noise,weight_decay,dropout,input_dropout,gaussian_noise,seed,epoch
	echo $columns,status,accuracy,noisy_accuracy >random.csv
	echo $columns,train_loss,noisy_accuracy,validation_accuracy >real.csv
	for s in $(seq "$1"); do
		for row in 0,0,0,1,0.8,0.78 0,0.5,0,0.6,0.76,0.7 0,0.9,0,0.2,0.6,0.6 0.01,0,0,0.6,0.6,0.5 0.1,0,0,0.1,0.1,0.1 0,0,0.5,0.8,0.7,0.66; do
			IFS=, read -r wd d id random best final <<<"$row"
			echo "toy,1,0,$wd,$d,$id,0,$s,3,finished,$random,$random" >>random.csv
			printf "toy,0,0,$wd,$d,$id,0,$s,%s\n" "1,,,$final" "2,,,$best" "3,0.1,,$final" >>real.csv
		done
		echo "toy,1,0,0,0,0.9,0,$s,2,diverged,0,0" >>random.csv
		printf "toy,0,0,0,0,0.9,0,$s,%s\n" 1,,,0.5 2,nan,, >>real.csv
		echo "toy,0,0,0,0,0,0,$s,3,finished,0.99," >>random.csv
	done
}
regularized 5
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
fig3-right,without a regularizer,toy,labels,1,random_train_accuracy,1,1,1,5,
fig3-right,without a regularizer,toy,labels,1,best_validation_accuracy,0.8,0.8,0.8,5,
fig3-right,without a regularizer,toy,labels,1,final_validation_accuracy,0.78,0.78,0.78,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.25_dropout,0.62,0.62,0.62,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.25_weight_decay,0.25,0.25,0.25,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.25_dropout_minus_input_dropout,,-inf,inf,5,not resolved
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.25_dropout_minus_weight_decay,0.37,0.37,0.37,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.5_dropout,0.72,0.72,0.72,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.5_weight_decay,0.5,0.5,0.5,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.5_dropout_minus_input_dropout,,-inf,inf,5,not resolved
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.5_dropout_minus_weight_decay,0.22,0.22,0.22,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.75_dropout,0.775,0.775,0.775,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.75_weight_decay,0.675,0.675,0.675,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.75_dropout_minus_input_dropout,,-inf,inf,5,not resolved
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.75_dropout_minus_weight_decay,0.1,0.1,0.1,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.9_dropout,0.79,0.79,0.79,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.9_input_dropout,0.75,0.75,0.75,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.9_weight_decay,0.75,0.75,0.75,5,
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.9_dropout_minus_input_dropout,0.04,0.04,0.04,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_at_0.9_dropout_minus_weight_decay,0.04,0.04,0.04,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_dropout_minus_input_dropout,0.04,0.04,0.04,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,best_validation_accuracy_dropout_minus_weight_decay,0.18,0.18,0.18,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,final_validation_accuracy_dropout_minus_input_dropout,0.04,0.04,0.04,5,holds
fig3-right,dropout keeps the most validation accuracy,toy,labels,1,final_validation_accuracy_dropout_minus_weight_decay,0.205,0.205,0.205,5,holds
CSV
same 'Figure 3 right by hand' want mn-summarize --claims fig3-right random.csv real.csv
same 'whatever the order of the files' want mn-summarize --claims fig3-right real.csv random.csv
cat >table <<'CSV'
dataset,regularizer,value,random_train_accuracy_n,random_train_accuracy_mean,random_train_accuracy_ci95_low,random_train_accuracy_ci95_high,best_validation_accuracy_n,best_validation_accuracy_mean,best_validation_accuracy_ci95_low,best_validation_accuracy_ci95_high,final_validation_accuracy_n,final_validation_accuracy_mean,final_validation_accuracy_ci95_low,final_validation_accuracy_ci95_high,random_diverged,real_diverged
toy,dropout,0,5,1,1,1,5,0.8,0.8,0.8,5,0.78,0.78,0.78,0,0
toy,dropout,0.5,5,0.6,0.6,0.6,5,0.76,0.76,0.76,5,0.7,0.7,0.7,0,0
toy,dropout,0.9,5,0.2,0.2,0.2,5,0.6,0.6,0.6,5,0.6,0.6,0.6,0,0
toy,input_dropout,0,5,1,1,1,5,0.8,0.8,0.8,5,0.78,0.78,0.78,0,0
toy,input_dropout,0.5,5,0.8,0.8,0.8,5,0.7,0.7,0.7,5,0.66,0.66,0.66,0,0
toy,input_dropout,0.9,0,,,,0,,,,0,,,,5,5
CSV
same 'a run without a regularizer belongs to each' table \
	mn-summarize --regularizers dropout,input_dropout --by dataset --where weight_decay=0 random.csv real.csv
check 'a seed without a pair does not count' grep -q '_at_0.9_dropout,0.79,0.79,0.79,4,$' \
	<(grep -v '^toy,0,0,0,0\.[59],0,0,3,' real.csv | mn-summarize --claims fig3-right random.csv -)
regularized 2
check 'two seeds resolve nothing' test "$(mn-summarize --claims fig3-right random.csv real.csv | grep -c ',not resolved$')" -eq 12
# One of two seeds whose dropout curve ends at 0.8: drawn alone it says nothing about 0.5, so the interval there is open.
grep -v '^toy,.,0,0,0.9,.*,2,\|^toy,1,0,0,0.5,0,0,2,' random.csv >holes.csv
echo toy,1,0,0,0.5,0,0,2,3,finished,0.8,0.8 >>holes.csv
mn-summarize --claims fig3-right holes.csv real.csv >claims.csv
check 'a curve of one seed may end too early' grep -q '_at_0.5_dropout,[0-9.]*,-inf,inf,2,$' claims.csv
check 'where it comes, there is an interval' grep -q '_at_0.9_dropout_minus_weight_decay,0.0[0-9]*,0.0[0-9]*,0.0[0-9]*,2,not resolved$' claims.csv
sed -n 2p random.csv | cat random.csv - >double.csv
fails 1 'epoch 3 after epoch 3 of a run with the same regularizer and seed' mn-summarize --claims fig3-right double.csv
sed '2s/toy,1/toy,0.5/' random.csv >half.csv
fails 1 'half.csv: line 2: label noise 0.5, neither 0 nor 1' mn-summarize --claims fig3-right half.csv
sed '3s/0,0,0.5,0,0/0,0.1,0.5,0,0/' random.csv >two.csv
fails 1 'two.csv: line 3: more than one regularizer' mn-summarize --claims fig3-right two.csv
fails 1 'line 3: noise in inputs' mn-summarize --claims fig3-right <(sed '3s/toy,1,0/toy,1,0.2/' random.csv)
fails 1 'no row has a validation accuracy' mn-summarize --claims fig3-right <(grep 'dataset\|finished,0.99' random.csv)

# Learning curves: half of the clean rows are right at epoch 2, of the noisy ones at epoch 4 (never in seed 3), one doubling; of the noisy rows
# 0.75 have their true label at the peak, 0.25 at the end.
{
	echo dataset,label_noise,input_noise,seed,epoch,train_loss,clean_accuracy,noisy_accuracy,noisy_true_accuracy
	for s in 1 2 3; do
		late=0.5
		[ $s -ne 3 ] || late=0.4
		printf "toy,0.5,0,$s,%s\n" 1,2,0.25,0,0.5 2,1,0.5,0.25,0.75 3,1,1,0.25,0.5 "4,1,1,$late,0.25"
		echo "toy,0,0,$s,1,1,0.9,,"
	done
} >curves.csv
cat >want <<'CSV'
figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict
curves,noise is learned later,toy,labels,0.5,log2_half_time_noisy_to_clean,1,1,inf,3,suggestive
curves,true labels are learned before given ones,toy,labels,0.5,noisy_true_accuracy_peak_minus_final,0.5,0.5,0.5,3,suggestive
CSV
same 'learning curves by hand' want mn-summarize --claims curves curves.csv
fails 1 'epoch 1 after epoch 4' mn-summarize --claims curves curves.csv curves.csv
sed 's/^\(toy,0.5,0,[23],4\),.*/\1,nan,,,/' curves.csv >diverged.csv
sed -i 's/1,1,inf,3,suggestive/1,,,1,not resolved/; s/0.5,0.5,0.5,3,suggestive/0.5,,,1,not resolved/' want
same 'a run that diverged is left out' want mn-summarize --claims curves diverged.csv
sed -i 's/^\(toy,0.5,0,1,4\),.*/\1,nan,,,/' diverged.csv
check 'all of them: no rows' diff <(head -n 1 want) <(mn-summarize --claims curves diverged.csv)
sed 's/finished,.*/diverged,/' fig1.csv >diverged.csv
check 'nor of Figure 1' diff <(head -n 1 want) <(mn-summarize --claims fig1 diverged.csv)
sed 's/finished,/diverged,/' random.csv >diverged.csv
check 'nor of Figure 3 right' diff <(head -n 1 want) <(sed '2,$s/\(toy,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*\),.*/\1,nan,,/' real.csv | mn-summarize --claims fig3-right diverged.csv -)
