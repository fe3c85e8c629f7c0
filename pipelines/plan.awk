# plan.awk - what figures need: awk -v nets=... -v step=SECONDS -f cost.awk -f plan.awk CALIBRATION FIGURE=... LIST FIGURE=... LIST ...
# CALIBRATION: setting, rows, noise in the inputs (0 or 1), epochs E, and the seconds of a processor for the rows once, 1 + E times, and that
# with an evaluation after each epoch (or -). SECONDS: for five steps that compute nothing. Writes CSV.

# The setting of a run, or where that was not measured the largest of its family, which is as fast for its size.
function measured(name,    key)
{
	key = setting(name, "drawn")
	scale = 1
	if (!((key, 0) in train))
		key = setting(name, "")
	if ((key, 0) in train)
		return key
	scale = products / size[family(key)]
	return largest[family(key)]
}

function family(key) { return key ~ /^mlp/ ? "mlp" : "conv" }

# The seconds of a kind for a run: between those without noise in the inputs and those of nothing else. Where that was not measured, or no
# evaluation, the proportions are those of the largest of the family for which it was.
function seconds(kind, name,    from, p, time)
{
	from = measured(name)
	p = get(name, "in") + 0
	time = train[from, 0]
	if (kind == "begin")
		return begin[from] * scale
	if (kind == "evaluate")
		time *= (from in evaluate ? evaluate[from] : evaluate[witness[family(from)]]) / train[from in evaluate ? from : witness[family(from)], 0]
	if (p > 0)
		time *= 1 - p + p * ((from, 1) in train ? train[from, 1] / train[from, 0] : dense[family(from)])
	return time * scale
}

FILENAME == ARGV[1] {
	net = $1
	sub(/,.*/, "", net)
	count("_nt" net)
	train[$1, $3] = ($6 > $5 ? $6 - $5 : 1e-6) / $4 / $2
	begin[$1] = $5 > $2 * train[$1, 0] ? $5 - $2 * train[$1, 0] : 0
	if ($3 == 0 && products >= size[family($1)]) {
		largest[family($1)] = $1
		size[family($1)] = products
	}
	if ($3 == 1 && products >= dense_size[family($1)]) {
		dense[family($1)] = train[$1, 1] / train[$1, 0]
		dense_size[family($1)] = products
	}
	if ($7 != "-") {
		evaluate[$1] = ($7 > $6 ? $7 - $6 : 1e-6) / (1 + $4) / $2
		if (products >= witness_size[family($1)]) {
			witness[family($1)] = $1
			witness_size[family($1)] = products
		}
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
		evaluated = epochs * (((stage == "curve") + 0.25 * (stage == "end")) * rows + (stage ~ /^(curve|best)$/) * validation)
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
		flop = 2 * part_of * rows * 11 * 12 * products
		time = 2 * seconds("begin", name) + 2 * part_of * rows * 11 * 1.6 * seconds("train", name)
		assumed[figure] = "X is reached after a quarter of the epochs; 11 Hessian products a value; each as 1.6 trainings on the rows"
	} else {
		evaluated = stage == "fit" ? rows : 10000
		flop = 2 * products * evaluated
		time = seconds("begin", name) + evaluated * seconds("evaluate", name)
	}
	time += step / 5
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
