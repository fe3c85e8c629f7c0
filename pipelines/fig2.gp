# fig2.gp - epochs until every training row is right, against width or number of rows: median over seeds with its 95% interval, and
# relative to the widest net's or the smallest set's. An end of an interval that few seeds leave open is not drawn. A hollow triangle:
# a lower bound, as the median was not reached within the epochs allowed (the dashed line), or just half of the runs came there; one that
# points down: an upper bound, as that is so of the widest net or the smallest set.
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
x(k, i) = column(kind[k]) == real(word(levels, i)) && column(kind[3 - k]) == 0 ? column(along) : NaN
beyond(name) = strcol(name) eq "inf"
median(row) = open(0) ? NaN : column("time_median")
end(name, middle) = strcol(name) eq "" || strcol(name) eq "0" || beyond(name) ? column(middle) : column(name)
open(row) = beyond("time_median") || 2 * column("time_censored") == column("time_n")
bound(row) = beyond("time_median") ? limit : column("time_median")
array kind[2] = ["input_noise", "label_noise"]

# The left panels' range: the same for both.
stats [*:*] [*:*] csv using (beyond("time_median") ? limit / 10.0 : end("time_median_ci95_low", "time_median")) nooutput name "time"

# Of each kind and level: 1 where of the median that the others are relative to only a bound is known, else 0.
array base[2 * n]
no_base(k, i) = base[(k - 1) * n + i]
bounds = 0
do for [k = 1:2] {
	do for [i = 1:n] {
		stats [*:*] [*:*] csv using (x(k, i) > 0 ? x(k, i) : wide ? -1 : 1e99) nooutput name "place"
		stats [*:*] [*:*] csv using (x(k, i) == (wide ? place_max : place_min) && open(0)) nooutput name "vague"
		stats [*:*] [*:*] csv using (x(k, i) > 0 && !open(0)) nooutput name "known"
		base[(k - 1) * n + i] = vague_max == 1
		bounds = bounds || (vague_max == 1 && known_max == 1)
	}
}

do for [k = 1:2] {
	who = k == 1 ? "noise inputs" : "random labels"
	set title who
	set ylabel "epochs" offset 1
	set logscale y 10
	set yrange [time_min / 1.3:limit * 1.3]
	if (limit * 1.69 / time_min < 1e3) { eval one_two_five } else { set ytics autofreq }
	if (k == 1) { set key at screen 0.5, 0.035 center vertical maxrows 2 } else { unset key }
	plot \
	     for [i = 1:n] csv using (x(k, i)):(median(0)):(end("time_median_ci95_low", "time_median")):(end("time_median_ci95_high", "time_median")) \
	       with yerrorbars lc rgb colour[i] lw 1 pt mark[i] ps 0.8 notitle, \
	     for [i = 1:n] csv using (x(k, i)):(median(0)) \
	       with linespoints lc rgb colour[i] lw 2 pt mark[i] ps 0.8 title sprintf("%g%% noise", 100 * real(word(levels, i))), \
	     for [i = 1:n] csv using (open(0) ? x(k, i) : NaN):(bound(0)) with points lc rgb colour[i] lw 2 pt 8 ps 1.2 notitle, \
	     limit with lines lc rgb "#999999" dt 2 title sprintf("%g epochs allowed", limit), \
	     NaN with points lc rgb "#999999" lw 2 pt 8 ps 1.2 title "at least that", \
	     NaN with points lc rgb "#999999" lw 2 pt 10 ps 1.2 title bounds ? "at most that" : ""
	unset key
	set title who.(wide ? ", relative to the widest" : ", relative to the smallest")
	set ylabel "times as many epochs" offset 1
	set logscale y 2
	set autoscale y
	set ytics autofreq
	plot for [edge in "0.9 1.1"] real(edge) with lines lc rgb "#ffffffff" notitle, \
	     1 with lines lc rgb "#999999" dt 2 notitle, \
	     for [i = 1:n] csv using (open(0) || no_base(k, i) ? NaN : x(k, i)):(column("time_ratio")):(end("time_ratio_ci95_low", "time_ratio")):(end("time_ratio_ci95_high", "time_ratio")) \
	       with yerrorbars lc rgb colour[i] lw 1 pt mark[i] ps 0.8 notitle, \
	     for [i = 1:n] csv using (open(0) || no_base(k, i) ? NaN : x(k, i)):(column("time_ratio")) \
	       with linespoints lc rgb colour[i] lw 2 pt mark[i] ps 0.8 notitle, \
	     for [i = 1:n] csv using (open(0) && !no_base(k, i) ? x(k, i) : NaN):(column("time_ratio")) with points lc rgb colour[i] lw 2 pt 8 ps 1.2 notitle, \
	     for [i = 1:n] csv using (no_base(k, i) && !open(0) ? x(k, i) : NaN):(column("time_ratio")) \
	       with points lc rgb colour[i] lw 2 pt 10 ps 1.2 notitle
}
unset multiplot
