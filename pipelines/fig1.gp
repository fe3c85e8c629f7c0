# fig1.gp - validation accuracy against width, a curve a noise level, with 95% intervals over seeds; crosses: diverged runs.
set title sprintf("Capacity: %s, %s rows, two hidden layers", data, rows) noenhanced
set xlabel "units in each hidden layer"
set ylabel "validation accuracy (%)"
set logscale x 2
stats csv using (column("width")) nooutput
set xrange [STATS_min / 1.3:STATS_max * 1.3]
set yrange [:100]
set xtics out
set key title (noise eq "label_noise" ? "random labels" : "noise inputs")

at(level) = column(noise) == real(level)
done(value) = strcol("status") eq "diverged" ? NaN : value
gone(value) = strcol("status") eq "diverged" ? value : NaN
n = words(levels)
stats csv using (strcol("status") eq "diverged") nooutput name "gone"

plot for [i = 1:n] csv using (at(word(levels, i)) ? column("width") : NaN):(done(100 * column("accuracy_mean"))):(100 * column("accuracy_ci95_low")):(100 * column("accuracy_ci95_high")) \
       with yerrorbars lc rgb colour[i] lw 1 pt mark[i] ps 0.8 notitle, \
     for [i = 1:n] csv using (at(word(levels, i)) ? column("width") : NaN):(done(100 * column("accuracy_mean"))) \
       with linespoints lc rgb colour[i] lw 2 pt mark[i] ps 0.8 title sprintf("%g%%", 100 * real(word(levels, i))), \
     for [i = 1:n] csv using (at(word(levels, i)) ? column("width") : NaN):(gone(100 * column("accuracy_mean"))) \
       with points lc rgb colour[i] pt 2 ps 1 notitle, \
     for [i = 1:gone_max] NaN with points lc rgb "#999999" pt 2 ps 1 title "diverged"
