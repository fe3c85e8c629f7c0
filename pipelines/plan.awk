# plan.awk - what figures need: awk -v nets=... -f cost.awk -f plan.awk CALIBRATION FIGURE=... LIST FIGURE=... LIST ...
# CALIBRATION: net, noise (0 or 1), seconds of a processor to train on a row once, to evaluate a row, to begin. Writes CSV.

# The seconds of a kind for a run: between those without noise in the inputs and those of nothing else; a net that was not measured is as fast
# as the largest that was.
function seconds(kind, name,    net, p, from, scale)
{
	net = from = get(name, "nt")
	p = get(name, "in") + 0
	scale = 1
	if (!((net, 0) in train)) {
		from = largest
		scale = products / size[largest]
	}
	if (kind == "begin")
		return begin[from] * scale
	if (kind == "evaluate")
		return ((1 - p) * evaluate[from, 0] + p * evaluate[from, 1]) * scale
	return ((1 - p) * train[from, 0] + p * train[from, 1]) * scale
}

FILENAME == ARGV[1] {
	train[$1, $2] = $3
	evaluate[$1, $2] = $4
	begin[$1] = $5
	count("_nt" $1)
	if (products >= size[largest]) {
		largest = $1
		size[$1] = products
	}
	next
}

{
	n = split($0, part, "/")
	stage = part[n - 1]
	name = part[n]
	sub(/\.(st|csv)$/, "", name)
	if ($0 ~ /\.csv$/ && stage ~ /^(time|curve|best)$/)
		next # made from a log, in no time
	count(name)
	rows = get(name, "nr")
	epochs = get(name, "ep")
	validation = get(name, "nv") != "" ? get(name, "nv") : 10000
	trains = $0 ~ /\.st$/
	if (trains) {
		evaluated = epochs * ((stage ~ /^(end|curve)$/) * rows + (stage ~ /^(curve|best)$/) * validation)
		flop = 2 * products * (3 * epochs * rows - rows * epochs * first / products + evaluated)
		time = seconds("begin", name) + epochs * rows * seconds("train", name) + evaluated * seconds("evaluate", name)
		runs[figure]++
		disk[figure] += 4 * parameters * (1 + (stage == "end"))
		data = name
		sub(/_nt.*/, "", data)
		if (!((figure, data) in seen)) {
			seen[figure, data] = 1
			disk[figure] += data_bytes(name, rows)
		}
		if (stage == "until")
			assumed[figure] = "every run lasts all " epochs " epochs (at most)"
	} else if (stage ~ /^hessian/) {
		p = get(name, "in") + get(name, "la")
		part_of = stage == "hessian-noisy" ? p : stage == "hessian-clean" ? 1 - p : 1
		flop = 2 * part_of * rows * 40 * 12 * products
		time = 2 * seconds("begin", name) + 2 * part_of * rows * 40 * 2 * seconds("train", name)
		assumed[figure] = "40 Hessian products a value; each as two trainings on a row"
	} else {
		evaluated = stage == "fit" ? rows : 10000
		flop = 2 * products * evaluated
		time = seconds("begin", name) + evaluated * seconds("evaluate", name)
	}
	mb = memory(stage, name)
	if (mb > peak[figure])
		peak[figure] = mb
	if (time > longest[figure])
		longest[figure] = time
	flops[figure] += flop
	total[figure] += time
	if (!(figure in place)) {
		place[figure] = ++figures
		by_place[figures] = figure
	}
}

END {
	print "figure,runs,flop,core_hours,memory_mib,disk_gib,longest_hours,assumption"
	for (i = 1; i <= figures; i++) {
		f = by_place[i]
		printf "%s,%d,%.3g,%.4g,%d,%.3g,%.4g,%s\n", f, runs[f], flops[f], total[f] / 3600, peak[f], disk[f] / 1073741824, longest[f] / 3600, assumed[f]
	}
}
