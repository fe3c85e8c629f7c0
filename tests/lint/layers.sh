# Folders of the library depend downwards only, the library never prints or exits, and headers stand alone.
. "$TESTS/lib.sh"
cd "$TOP" || exit 1

# FOLDER FOLDERS-THAT-IT-MAY-USE...
while read -r folder allowed; do
	objects=("$BUILD/lib/$folder"/*.o)
	[ -e "${objects[0]}" ] || continue
	nm --undefined-only "${objects[@]}" | sed -n 's/^ *U \(mn_.*\)/\1/p' | sort -u >needed
	for below in $folder $allowed; do
		nm --defined-only "$BUILD/lib/$below"/*.o 2>/dev/null
	done | sed -n 's/^[0-9a-f]* [A-Zi] //p' | sort -u >offered
	check "lib/$folder uses nothing but ${allowed:-itself}" test -z "$(comm -23 needed offered | tee -a /dev/fd/2)"
done <<'END'
base
nn base
stats base
stream nn stats base
data stream nn stats base
train stream nn stats base
curvature train data stream nn stats base
END
rm -f needed offered

# progress.c alone writes to standard error.
check 'the library does not print or exit' test -z "$(nm -A --undefined-only "$BUILD"/lib/*/*.o |
	grep -E ' (printf|puts|putchar|perror|warn|warnx|err|errx|exit|_exit|abort|stderr)$' |
	grep -vE 'lib/base/progress\.o: .* stderr$' | tee -a /dev/fd/2)"
check 'each program is one file of under 300 lines' test -z "$(wc -l cmd/*.c | awk '$2 != "total" && $1 >= 300' | tee -a /dev/fd/2)"

for header in include/mn/*.h; do
	echo "#include \"mn/$(basename "$header")\""  | gcc -std=c17 -D_GNU_SOURCE -Iinclude -fsyntax-only -x c - ||
		echo "$header" >>bad.txt
done
check 'each header can be included alone' test ! -e bad.txt
rm -f bad.txt
