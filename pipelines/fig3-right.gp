# fig3-right.gp - validation accuracy after training on real labels against training accuracy on random ones: a curve a regularizer, its values
# at the points, means with 95% intervals over seeds, where those are three at least: of two they would be wider than the picture. A cross on
# an axis: runs that diverged, so that the other accuracy alone is known.
set terminal svg size 840,560 dynamic enhanced font "Helvetica,14" background rgb "white"
set title sprintf("Regularizers: %s, %s rows, %s epochs\n%s", data, rows, epochs, net) noenhanced
set xlabel "accuracy on random training labels (%)"
set ylabel "validation accuracy with real labels, best epoch (%)"
set xrange [0:104]
stats csv using (strcol("best_validation_accuracy_mean") eq "" ? 999 : 100 * column("best_validation_accuracy_mean")) name "best" nooutput
bottom = best_min < 20 || best_min == 999 ? 0 : floor(best_min / 10) * 10 - 10
set yrange [bottom:*<100]
set key outside bottom center horizontal

array name[4] = ["dropout", "weight_decay", "input_dropout", "gaussian_noise"]
array title[4] = ["dropout", "weight decay", "input dropout", "Gaussian noise"]
array place[4] = [1.0, -1.0, 1.0, -1.0] # of the values: above or below their points

is(i) = strcol("regularizer") eq name[i]
known(what) = strcol(what) eq "" ? NaN : 100 * column(what)
x(i) = is(i) ? known("random_train_accuracy_mean") : NaN
y(i) = is(i) ? known("best_validation_accuracy_mean") : NaN
end(what, side) = column(what."_n") < 3 ? known(what."_mean") : known(what."_ci95_".side)
x_end(i, side) = is(i) ? end("random_train_accuracy", side) : NaN
y_end(i, side) = is(i) ? end("best_validation_accuracy", side) : NaN
lost(i, what) = is(i) && column(what) > 0

plot bottom < 10 ? 10 : NaN with lines lc rgb "#999999" dt 2 title bottom < 10 ? "chance" : "", \
     for [i = 1:4] csv using (x(i)):(y(i)):(x_end(i, "low")):(x_end(i, "high")):(y_end(i, "low")):(y_end(i, "high")) \
       with xyerrorbars lc rgb colour[i + 1] lw 1 pt mark[i] ps 0.4 notitle, \
     for [i = 1:4] csv using (x(i)):(y(i)) with linespoints lc rgb colour[i + 1] lw 2 pt mark[i] ps 0.9 title title[i], \
     for [i = 1:4] csv using (column("value") > 0 ? x(i) : NaN):(y(i)):(strcol("value")) \
       with labels font ",11" tc rgb colour[i + 1] offset 0, place[i] notitle, \
     csv using (column("value") == 0 ? x(1) : NaN):(y(1)) with points lc rgb colour[1] pt 7 ps 1.1 title "none", \
     for [i = 1:4] csv using (lost(i, "real_diverged") ? x(i) : NaN):(bottom) with points lc rgb colour[i + 1] lw 2 pt 2 ps 1.2 notitle, \
     for [i = 1:4] csv using (lost(i, "random_diverged") ? 0 : NaN):(y(i)) with points lc rgb colour[i + 1] lw 2 pt 2 ps 1.2 notitle
