# fig2.gp - epochs until every training row is right, against width or number of rows: median over seeds with its 95% interval, and
# relative to the widest net's or the smallest set's. An end of an interval that few seeds leave open is not drawn. A hollow triangle:
# the median was not reached within the epochs allowed (the dashed line), the point is a lower bound.
set terminal svg size 960,880 dynamic enhanced font "Helvetica,14" background rgb "white"
set multiplot layout 2,2 margins 0.09,0.98,0.15,0.9 spacing 0.11,0.16 title sprintf("Epochs until all training rows are right: %s, %s", data, other) noenhanced
set logscale x 2
set xrange [real(word(places, 1)) / 1.1 : real(word(places, words(places))) * 1.1]
set xtics ()
set for [place in places] xtics add (place real(place))
set xlabel (along eq "width" ? "units in each hidden layer" : "training rows")
unset key

n = words(levels)
wide = along eq "width"
# Rows of one kind of noise and level; without noise they belong to both kinds.
x(kind, level) = column(kind) == real(level) && column(kind eq "input_noise" ? "label_noise" : "input_noise") == 0 ? column(along) : NaN
beyond(name) = strcol(name) eq "inf"
median(name) = beyond(name) ? NaN : column(name)
end(name, middle) = strcol(name) eq "" || strcol(name) eq "0" || beyond(name) ? column(middle) : column(name)
open(x) = beyond("time_median") ? x : NaN

do for [k = 1:2] {
	kind = k == 1 ? "input_noise" : "label_noise"
	who = k == 1 ? "noise inputs" : "random labels"
	set title who
	set ylabel "epochs" offset 1
	set logscale y 10
	set yrange [*:limit * 1.3]
	if (k == 1) { set key at screen 0.5, 0.035 center vertical maxrows 2 } else { unset key }
	plot \
	     for [i = 1:n] csv using (x(kind, word(levels, i))):(median("time_median")):(end("time_median_ci95_low", "time_median")):(end("time_median_ci95_high", "time_median")) \
	       with yerrorbars lc rgb colour[i] lw 1 pt mark[i] ps 0.8 notitle, \
	     for [i = 1:n] csv using (x(kind, word(levels, i))):(median("time_median")) \
	       with linespoints lc rgb colour[i] lw 2 pt mark[i] ps 0.8 title sprintf("%g%% noise", 100 * real(word(levels, i))), \
	     for [i = 1:n] csv using (open(x(kind, word(levels, i)))):(limit) with points lc rgb colour[i] lw 2 pt 8 ps 1.2 notitle, \
	     limit with lines lc rgb "#999999" dt 2 title "epochs allowed", \
	     NaN with points lc rgb "#999999" lw 2 pt 8 ps 1.2 title "median beyond them"
	unset key
	set title who.(wide ? ", relative to the widest" : ", relative to the smallest")
	set ylabel "times as many epochs" offset 1
	set logscale y 2
	set autoscale y
	plot for [edge in "0.9 1.1"] real(edge) with lines lc rgb "#ffffffff" notitle, \
	     1 with lines lc rgb "#999999" dt 2 notitle, \
	     for [i = 1:n] csv using (beyond("time_median") ? NaN : x(kind, word(levels, i))):(column("time_ratio")):(end("time_ratio_ci95_low", "time_ratio")):(end("time_ratio_ci95_high", "time_ratio")) \
	       with yerrorbars lc rgb colour[i] lw 1 pt mark[i] ps 0.8 notitle, \
	     for [i = 1:n] csv using (beyond("time_median") ? NaN : x(kind, word(levels, i))):(column("time_ratio")) \
	       with linespoints lc rgb colour[i] lw 2 pt mark[i] ps 0.8 notitle, \
	     for [i = 1:n] csv using (open(x(kind, word(levels, i)))):(column("time_ratio")) with points lc rgb colour[i] lw 2 pt 8 ps 1.2 notitle
}
unset multiplot
