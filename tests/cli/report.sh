# The report: a page that needs nothing else, with a row for every claim, made from whatever figures there are.
. "$TESTS/lib.sh"
pipelines=$TOP/pipelines
bin=$(dirname "$(command -v mn-train)")

report() { "$pipelines/report" "${profile-demo}" 'mn 0.1.0' "$@"; }

# page FILE: what a reader of HTML finds in it, one a line: "tag NAME", "attribute NAME VALUE", "text TEXT".
page() {
	python3 -c '
import sys
from html.parser import HTMLParser
class Page(HTMLParser):
	def handle_starttag(self, tag, attrs):
		print("tag", tag)
		for key, value in attrs:
			print("attribute", key, value)
	def handle_data(self, data):
		for line in data.split("\n"):
			print("text", line)
Page().feed(open(sys.argv[1], encoding="utf-8").read())' "$1" | grep -v '^text *$'
}
sound() { # FILE: HTML, without warnings
	if command -v tidy >/dev/null; then
		check "$1 is valid" sh -c 'test -z "$(tidy -q -e "$1" 2>&1 | tee /dev/fd/2)"' sh "$1"
	else
		skip "no tidy: is $1 valid HTML?"
	fi
	page "$1" >page.txt
	check '... fetches nothing and runs nothing' test -z "$(grep -E '^tag (script|link|img|image|iframe|object|embed|base|a:)|^attribute (src|srcset|on.*) ' page.txt)"
	check '... refers to itself and to data that it holds' test -z "$(sed -n 's/^attribute href //p' page.txt | grep -v -E '^(#|data:text/csv;base64,)')"
	check '... its style, too' test -z "$(grep -E 'url\((["'\'']?[^#"'\'']|["'\''][^#])|@import' page.txt)"
	sed -n 's/^attribute id //p' page.txt | sort >ids.txt
	check '... has each id once' test -z "$(uniq -d ids.txt)"
	check '... and refers to none that is not there' test -z "$(grep -oE '^attribute href #.*|url\(#[^)]*' page.txt | sed 's/.*#//' | sort -u | comm -23 - ids.txt)"
}
rows_of() { sed -n 's/^attribute id claim-//p' page.txt | wc -l; }

# Every claim that mn-summarize can make is in the list, which is the only one; the list has no twins.
sed -n 's/.*\.claim = \(.*\)/\1/p; s/.*needed\[\] = //p; s/.*most\[\] = //p; s/.*claim = part_number.*? //p' "$TOP"/lib/stats/claims_*.c | grep -o '"[a-z -]*"' | tr -d '"' | sort -u >made.txt
check 'the sources make claims' test "$(wc -l <made.txt)" -ge 13
python3 -c '
import json, sys
rows = json.load(open(sys.argv[1], encoding="utf-8"))
assert len({(r["figure"], r["claim"], *r["headline"]) for r in rows}) == len(rows) and all(r["wording"] and r["says"] for r in rows)
print(*(r["claim"] for r in rows), sep="\n")' "$pipelines/claims.json" | sort >listed.txt
claims=$(wc -l <listed.txt)
check 'and the list has all of them' test -z "$(sort -u listed.txt | comm -23 made.txt - | tee -a /dev/fd/2)"

# Nothing was run.
mkdir none
check 'a report of nothing' report none >path.txt
check '... whose path is said' test "$(cat path.txt)" = none/report.html
sound none/report.html
check "... has a row for each of $claims claims" test "$(rows_of)" -eq "$claims"
check '... not run, each with its command' test "$(grep -c '^text not run$' page.txt)" -eq $((claims + 1))
check '... of this profile' test "$(grep -c '^text make [a-z0-9-]* PROFILE=demo$' page.txt)" -eq "$claims"

# A figure from the pipeline: the page says its numbers, and its command makes the same bytes again.
small=(FIG1_ROWS=200 FIG1_WIDTHS='4 8' FIG1_NOISE='0 0.5' FIG1_EPOCHS=2 SEEDS='1 2 3')
make -f "$pipelines/figures.mk" fig1 BIN="$bin" JOBS=2 "${small[@]}" >/dev/null 2>&1
check 'make report' make -s -f "$pipelines/figures.mk" report BIN="$bin" "${small[@]}" >path.txt
check '... says where it is' test "$(tail -n 1 path.txt)" = out/demo/report.html
sound out/demo/report.html
check '... has a row for each claim' test "$(rows_of)" -eq "$claims"
while IFS=, read -r _ _ _ _ _ statistic _ _ _ n verdict; do
	[ -z "$verdict" ] || printf 'text %s\n' "$statistic" "$n" "$verdict"
done < <(tail -n +2 out/demo/fig1-claims.csv) | sort -u >want.txt
check '... the verdicts' test -z "$(sort -u page.txt | comm -23 want.txt -)"
check '... and the tables themselves' cmp out/demo/fig1.csv <(sed -n 's/^attribute href data:text\/csv;base64,//p' page.txt | tail -n 1 | base64 -d)
check '... how many runs there were' grep -q '^text 12 measurements, 0 of them failed; 0 diverged' page.txt
command=$(sed -n 's/^command: //p' out/demo/fig1.txt)
check 'its command is on the page' grep -qxF "text $command" page.txt
mkdir again
(cd again && eval "${command/make/make -f \"$pipelines/figures.mk\" BIN=\"$bin\" JOBS=2}") >/dev/null 2>&1
check 'its settings too' grep -qx "text FIG1_BATCH=32 .*FIG1_NOISE='0 0.5' FIG1_ROWS=200 FIG1_WIDTHS='4 8'" page.txt
check 'and makes the same bytes' diff -rq --exclude='.*' --exclude=report.html out/demo again/out/demo

# Values that are markup, numbers that are none, other names of a figure, pictures with the same ids.
mkdir odd
cp out/demo/fig1* odd
for name in fig1-mnist 'fig1-<b>&"'; do
	cp out/demo/fig1.svg "odd/$name.svg"
	sed 's/fashion-mnist/"<script>alert(1)<\/script>,\&amp;""\n]]>"/' out/demo/fig1-claims.csv >"odd/$name-claims.csv"
done
printf 'time_n,time_censored,time_median,time_median_ci95_low,time_median_ci95_high,status\n3,2,inf,7,,<i>\n' >odd/fig2-left.csv
cat >odd/fig3-left-toy.csv <<'END'
rows,condition,status,converged,value_n,value_median,value_min,value_max,loss_n
all,,diverged,,0,,,,2
all,unmet,diverged,,0,,,,2
all,,finished,0,1,2,2,2,1
all,,finished,1,4,2,1,3,4
all,loss<1,finished,1,4,2,1,3,4
noisy,,finished,0,3,2,1,3,3
END
printf 'epoch,train_loss_n,train_loss_nonfinite\n1,3,0\n2,3,1\n3,2,2\n' >odd/curves.csv
printf 'figure: fig2-left\ncommand: make <u> && \001\n' >odd/fig2-left.txt
printf '%s\n' figure,claim,dataset,noise_kind,noise,statistic,estimate,low,high,n,verdict \
	'fig2-left,time falls with width,toy,labels,0.5,width_exponent,-2,-inf,-2,5,holds' 'fig9,pigs fly,toy,labels,x,height,1,0.5,2,5,holds' >odd/fig2-left-claims.csv
check 'odd values' report odd >path.txt
sound odd/report.html
check '... come out as they are' grep -qF ': <script>alert(1)</script>,&amp;"' page.txt
check '... a control character does not' grep -qx "text make <u> && $(printf '\357\277\275')" page.txt
check '... three results of one figure' test "$(grep -c '^attribute id result-fig1' page.txt)" -eq 3
check '... with their pictures' test "$(grep -c '^tag svg' page.txt)" -eq 3
check '... bounds that are open' grep -qx 'text −2 \[−∞, −2\]' page.txt
check '... medians that were not reached' grep -qx 'text ∞ \[7, ?\]' page.txt
check '... and how many' grep -q 'text .*2 of 3 did not get every training row right within their epochs, or diverged (censored' page.txt
check '... runs that diverged, whose values do not exist' grep -q '^text 2 diverged (in the table, not in the claims); 2 did not come down' page.txt
check '... eigenvalues that did not converge' grep -q '; 4 eigenvalues did not converge' page.txt
check '... runs that diverged within a curve' grep -q '^text 3 diverged (from that epoch on' page.txt
check '... a range as one' grep -qx 'text 2 \[1, 3\]' page.txt
check '... a figure without a run that says something to a claim' grep -qx 'text not resolved (no run qualifies)' page.txt
check '... beside those that were not run' grep -qx 'text make fig3-left PROFILE=demo' page.txt
check '... a claim that is not in the list' grep -q 'pigs fly' page.txt
check '... beside all that are' test "$(rows_of)" -eq $((claims + 1))

# What cannot be shown is refused, and the last good page stays.
cp odd/report.html good.html
refused() { # REGEX FILE TEXT
	printf '%s' "$3" >"odd/$2"
	fails 1 "$1" report odd
	rm "odd/$2"
}
refused 'bad.svg: .*<script>' bad.svg '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
refused 'bad.svg: .*<g>' bad.svg '<svg xmlns="http://www.w3.org/2000/svg"><g onclick="x()"/></svg>'
refused 'bad.svg: refers to http' bad.svg '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="http://example.org/a#b"/></svg>'
refused 'bad.svg: refers to url' bad.svg '<svg><g fill="url(http://example.org)"/></svg>'
refused 'bad.svg: ' bad.svg '<svg><g></svg>'
refused 'bad.csv: record 2 has 1 fields, the header 2' bad.csv $'a,b\n1\n'
refused 'bad.csv: empty' bad.csv ''
refused "bad.csv: 'utf-8'" bad.csv $'a\n\377\n'
refused 'bad-claims.csv: the columns are not' bad-claims.csv $'a,b\n1,2\n'
fails 1 'nowhere' report nowhere
fails 2 'usage' report
check 'the last page is still there' cmp good.html odd/report.html
check 'and nothing else was left' test -z "$(find odd -name '.*' -type f)"

# In a browser: of a figure's section without its tables, and the same with its picture hidden.
shot() { # NAME PNG STYLE
	sed "s/<\/style>/body > *, .wide { display: none; } #result-$1 { display: block; } ${3-}<\/style>/" shown/report.html >shot.html
	timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$PWD/chromium" --hide-scrollbars \
		--window-size=1200,1600 --screenshot="$PWD/$2" "file://$PWD/shot.html" >chromium.log 2>&1 && test -s "$2"
}
cp -r "$pipelines/results" shown
check 'a report of the results that stand in the repository' report shown >/dev/null
if ! command -v chromium >/dev/null; then
	skip 'no chromium: does a browser show the figures?'
elif ! shot none none.png; then
	skip 'chromium does not start here: does a browser show the figures?'
else
	for picture in shown/*.svg; do
		name=$(basename "$picture" .svg)
		check "a browser shows $name" shot "$name" with.png
		shot "$name" without.png 'svg { visibility: hidden; }'
		check '... and its picture is much of what is seen' test "$(stat -c %s with.png)" -gt $(($(stat -c %s without.png) + 20000))
	done
fi
