# The examples of the manual pages run as they stand there, without a network.
#
# A line that begins with "$ " in a .Bd -literal block is a command; the lines after it go on with it as long as the shell needs more (a
# backslash, a here-document, a loop), else they show what it prints. Where the line .\" exact stands before the block, it must print
# just that. All commands of a page run in order in one shell and one empty folder.
. "$TESTS/lib.sh"
export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 MN_RETRIES=0

if ! python=$(find_numpy); then
	python=
elif [ "$python" != python3 ]; then
	mkdir bin
	printf '#!/bin/sh\nexec %s "$@"\n' "$python" >bin/python3
	chmod +x bin/python3
	export PATH=$PWD/bin:$PATH
fi

# The literal blocks of a page: a line "exact" or "shown" before each, its own lines behind a tab.
blocks() { # PAGE
	awk '
		/^\.\\" exact$/ { exact = 1; next }
		/^\.Bd -literal/ { inside = 1; print exact ? "exact" : "shown"; exact = 0; next }
		/^\.Ed/ { inside = 0; next }
		inside { print "\t" $0; next }
		{ exact = 0 }' "$1" |
		sed -e 's/\\&//g; s/\\-/-/g; s/\\(aq/'\''/g; s/\\(dq/"/g; s/\\(ga/`/g; s/\\(ha/^/g; s/\\(ti/~/g; s/\\e/\\/g'
}

unfinished() { # COMMAND
	[[ $1 == *\\ ]] || ! said=$(bash -n <<<"$1" 2>&1) || [ -n "$said" ]
}

count=0 command='' shown='' exact=''

# Takes down the command read so far, and what it must print.
finish() {
	[ -n "$command" ] || return 0
	count=$((count + 1))
	printf "echo %d >.at\n{ %s\n} >.out%d\n" $count "$command" $count >>.script
	[ "$exact" != exact ] || [ -z "$shown" ] || printf %s "$shown" >.want$count
	command='' shown=''
}

read_page() { # PAGE, in the folder where it is to run
	count=0 command='' shown='' exact=''
	echo 'set -eu -o pipefail' >.script
	while IFS= read -r line; do
		if [[ $line != $'\t'* ]]; then
			finish
			exact=$line
		elif [ -n "$command" ] && unfinished "$command"; then
			command+=$'\n'${line#?}
		elif [[ $line == $'\t$ '* ]]; then
			finish
			command=${line#???}
		elif [ -n "$command" ]; then
			shown+=${line#?}$'\n'
		fi
	done < <(blocks "$1")
	finish
}

run_page() {
	local status=0 want
	bash .script </dev/null 2>.err || status=$?
	if [ $status -ne 0 ]; then
		echo "command $(cat .at) ends with status $status"
		tail -n 5 .err
	fi
	for want in .want*; do
		[ ! -e "$want" ] || diff "$want" ".out${want#.want}" || status=1
	done
	return $status
}

for page in "$TOP"/man/*.[157]; do
	name=$(basename "$page")
	mkdir "$name"
	cd "$name" || exit 1
	read_page "$page"
	if [ -z "$python" ] && grep -q python3 .script; then
		skip "no python3-numpy: the examples of $name"
	elif check "$name has examples" test $count -gt 0; then
		check "the $count commands of $name run" run_page
	fi
	cd ..
	rm -rf "$name"
done
