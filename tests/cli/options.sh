# What all programs have in common at the prompt, and their manual pages with them.
. "$TESTS/lib.sh"

help_is_whole() { # PROGRAM
	"$1" --help >help.txt 2>help.err && [ ! -s help.err ] && grep -q "^Usage: $1 " help.txt && ! grep -qE '.{81}' help.txt
}

# The options that --help lists, as -x or --name, one a line.
options_of() { # PROGRAM
	"$1" --help | sed -nE 's/^  (-[^ ,]+).*/\1/p; s/^  -., (--[^ ]+).*/\1/p'
}

# Those among them whose default is a number.
number_options_of() { # PROGRAM
	"$1" --help | tr '\n' ' ' | sed 's/  -/\n  -/g' | sed -nE 's/^  (--[^ ]+) .*\(default: -?[0-9.e+-]+\).*/\1/p'
}

manual_has() { # PROGRAM OPTION
	local name=${2#-}
	[[ $name != -* ]] || name="(-|Fl )${name#-}"
	grep -Eq -- "Fl $name( |\$)" "$TOP/man/$1.1"
}

for program in "$TOP"/cmd/mn-*.c; do
	program=$(basename "$program" .c)
	check "$program --help goes to standard output and fits 80 columns" help_is_whole "$program"
	check "$program --version names it" sh -c "$program --version | head -n 1 | grep -qxE '$program [0-9]+\.[0-9]+\.[0-9]+'"
	fails 1 "^$program: standard output: No space left on device\$" sh -c "$program --help >/dev/full"
	fails 1 "^$program: standard output: Bad file descriptor\$" sh -c "$program --version >&-"
	fails 2 "^$program: unknown option '--bogus'; see $program --help\$" "$program" --bogus
	fails 2 "^$program: unknown option '--hel'" "$program" --hel
	fails 2 "^$program: unknown option '-%'" "$program" -%
	for option in $(number_options_of "$program"); do
		fails 2 "^$program: $option: '3x2' is not a (whole )?number" "$program" "$option" 3x2
		fails 2 "^$program: $option: '1e999' is not a (whole )?number" "$program" "$option=1e999"
		fails 2 "^$program: $option: needs a value" "$program" "$option"
	done
	[ -e "$TOP/man/$program.1" ] || continue # the linters miss it
	for option in $(options_of "$program"); do
		check "$program.1 has $option" manual_has "$program" "$option"
	done
done
