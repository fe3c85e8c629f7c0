# Every way in which a mirror can misbehave. The data are Debian's Fashion-MNIST, served again on loopback.
# FETCH_SAMPLE=1 leaves out what takes long.
. "$TESTS/lib.sh"
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY CURL_CA_BUNDLE SSL_CERT_FILE
DATA=/usr/share/datasets
NAME=fashion-mnist
IMAGES=$NAME/t10k-images-idx3-ubyte.gz
if ! [ -e $DATA/$IMAGES ] || ! /usr/bin/env python3 -c 0; then
	skip "mirrors: needs dataset-fashion-mnist and python3"
	exit
fi

python3 "$TESTS/fault/server.py" $DATA log >port &
servers=$!
trap 'kill $servers 2>/dev/null' EXIT
wait_for() { # FILE: until it holds something
	for _ in $(seq 200); do
		[ -s "$1" ] && return
		sleep 0.05
	done
}
wait_for port
AT=http://127.0.0.1:$(cat port)

export MN_CACHE=$PWD/cache MN_DATASETS=$PWD/none MN_TIMEOUT=10 MN_RETRIES=0
fetch() { mn-fetch --split test $NAME; }
MN_DATASETS=$DATA mn-fetch --split test $NAME >right.st

# bad BEHAVIOUR REGEX: the mirror is left with one line that names its URL, the next one serves, the cache holds the right file and no part.
bad() {
	local why=
	rm -rf cache log
	MN_MIRROR="$AT/$1/ $AT/good/" mn-fetch --split test $NAME >got.st 2>err || why="status $?"
	cmp -s got.st right.st || why="$why wrong bytes"
	[ "$(grep -c "^mn-fetch: $AT/$1/$IMAGES: " err)" = 1 ] || why="$why no line for the URL"
	grep -Eq "^mn-fetch: $AT/$1/$IMAGES: .*($2)" err || why="$why another message"
	[ "$(grep -vc "^mn-fetch: $AT/$1/" err)" = 0 ] || why="$why more lines"
	cmp -s cache/$IMAGES $DATA/$IMAGES || why="$why wrong file in the cache"
	ls cache/$NAME | grep -q 'part$' && why="$why a part is left"
	if [ -z "$why" ]; then
		echo "ok - a mirror that does '$1': $(sed -n '1s/^[^ ]* [^ ]* //p' err)"
	else
		echo "not ok - a mirror that does '$1':$why"
		cat err
	fi
}

# alone BEHAVIOUR REGEX: with no other mirror: status 1, no output, no file under its name.
alone() {
	rm -rf cache log
	MN_MIRROR=$AT/$1 mn-fetch -q --split test -o out.st $NAME >out 2>err
	local status=$?
	if [ $status = 1 ] && [ "$(wc -l <err)" = 1 ] && grep -Eq "$AT/$1/$IMAGES: .*($2)" err && ! [ -s out ] && ! [ -e out.st ] &&
		! [ -e cache/$IMAGES ]; then
		echo "ok - '$1' and no other mirror: $(sed 's/.*gz: //' err)"
	else
		echo "not ok - '$1' and no other mirror: status $status, $(ls cache/$NAME)"
		cat err
	fi
}

bad 404 'HTTP 404'
bad 503 'HTTP 503'
bad html 'not a gzip file but a web page'
bad wrong 'wrong checksum'
bad short 'wrong checksum'
bad cut 'transfer closed|end of response'
bad long 'more bytes than the file has'
bad reset 'reset|closed'
alone 403 'HTTP 403'
alone html 'web page'
alone short 'wrong checksum'
if [ -z "${FETCH_SAMPLE-}" ]; then
	bad 403 'HTTP 403'
	bad 500 'HTTP 500'
	bad empty 'not a gzip file'
	MN_TIMEOUT=2 bad stall 'too slow|timed out'
	MN_TIMEOUT=2 bad hang 'too slow|timed out'
	bad loop 'redirects'
	bad file 'Protocol "file"'
	for behaviour in 404 503 wrong empty cut long reset stall hang loop file; do
		MN_TIMEOUT=2 alone $behaviour .
	done
fi

# Mirrors that are only unusual: no line, one request for each file.
for behaviour in good norange nolength redirect; do
	rm -rf cache log
	MN_MIRROR=$AT/$behaviour/ fetch >got.st 2>err
	check "a mirror that does '$behaviour' is taken as it is" cmp got.st right.st
	check "... without a word" test ! -s err
done

# A part is gone on with; only the rest is asked for.
rest() { # BEHAVIOUR BYTES TEXT WANT [REQUESTS]: WANT is the log's last line of so many for the images
	rm -rf cache log
	mkdir -p cache/$NAME
	head -c "$2" $DATA/$IMAGES >cache/$IMAGES.part
	MN_MIRROR=$AT/$1/ fetch >got.st 2>err
	check "$3" cmp got.st right.st
	check "... and the server was asked so" test "$(grep -c "$IMAGES" log)" -eq "${5-1}" -a "$(grep "$IMAGES" log | tail -n 1)" = "$4"
}
size=$(stat -c %s $DATA/$IMAGES)
rest good 1000000 "a part of 1,000,000 bytes is gone on with" "good $IMAGES bytes=1000000- 206 $((size - 1000000))"
rest norange 1000000 "... also where the server sends all" "norange $IMAGES bytes=1000000- 200 $size"
rest good "$size" "a part that is whole is taken" "good $IMAGES bytes=$size- 416 0"
rest wrongrange 1000000 "a server that sends another part than asked is asked for all" "wrongrange $IMAGES - 200 $size" 2

rm -rf cache log
mkdir -p cache/$NAME
head -c 2000000 /dev/zero >cache/$IMAGES.part
MN_MIRROR=$AT/good/ fetch >got.st 2>err
check "a part of other bytes costs a second request, no more" cmp got.st right.st
check "... which asks for all" grep -Fqx "good $IMAGES - 200 $size" log

rm -rf cache log
MN_RETRIES=2 MN_MIRROR=$AT/flaky/ fetch >got.st 2>err
check "a server that is busy twice is tried three times" cmp got.st right.st
check "... with longer waits (two files)" test "$(grep -o 'in [0-9]* s' err | tr -d '\n')" = "in 1 sin 2 sin 1 sin 2 s"

rm -rf cache log
http_proxy=$AT MN_MIRROR=http://mirror.invalid/good fetch >got.st 2>err
check "http_proxy is used" cmp got.st right.st
check "... by the proxy's own account" grep -q '^proxy:good' log

# Bad files in the cache: replaced where there is a network, named where there is none.
printf 'x' | dd of=cache/$IMAGES bs=1 seek=2000000 conv=notrunc 2>/dev/null
fails 1 "$IMAGES: (wrong checksum|damaged)" mn-fetch --offline --split test $NAME
MN_MIRROR=$AT/good/ fetch >got.st 2>err
check "a bad file in the cache is replaced" cmp got.st right.st
check "... and named" grep -q "cache/$IMAGES: " err
check "nothing is downloaded twice" sh -c ': >log; mn-fetch --split test --offline fashion-mnist | cmp - right.st && ! [ -s log ]'

# Two at once, and one that is killed.
rm -rf cache log
MN_MIRROR=$AT/slow/ fetch >one.st 2>err1 &
one=$!
MN_MIRROR=$AT/slow/ fetch >two.st 2>err2
wait $one
check "two at once: the first has the right bytes" cmp one.st right.st
check "two at once: the second has them too" cmp two.st right.st
check "two at once: one says that it waits" grep -q 'waiting for another process' err1 err2
check "two at once: one download" test "$(grep -c "$IMAGES" log)" = 1

rm -rf cache log
MN_MIRROR=$AT/slow/ mn-fetch --split test $NAME >killed.st 2>err &
victim=$!
wait_for cache/$IMAGES.part
kill -9 $victim
wait $victim 2>/dev/null
check "killed on the way: a part and its lock are left, no file" test -s cache/$IMAGES.part -a -e cache/$IMAGES.lock -a ! -e cache/$IMAGES
part=$(stat -c %s cache/$IMAGES.part)
MN_MIRROR=$AT/good/ fetch >got.st 2>err
check "the next one goes on at byte $part" cmp got.st right.st
check "... without waiting for the dead one's lock" grep -Fqx "good $IMAGES bytes=$part- 206 $((size - part))" log

# Local trouble.
rm -rf cache
MN_MIRROR=$AT/good/ MN_CACHE=/proc/none fails 1 '^mn-fetch: /proc/none' mn-fetch --split test $NAME
if [ -z "${FETCH_SAMPLE-}" ]; then
	mkdir cache
	MN_MIRROR=$AT/good/ sh -c 'trap "" XFSZ; ulimit -f 1000; exec mn-fetch --split test -o out.st fashion-mnist' >out 2>err
	check "a full disk (file size limit): status 1" test $? = 1
	check "... a line that says so" grep -q 'cannot write what is downloaded: File too large' err
	check "... no file of that name" test ! -e cache/$IMAGES -a ! -e out.st
	rm -rf cache
	MN_MIRROR=$AT/piece/ mn-fetch $NAME >got.st 2>err
	check "26 MB in pieces of 2 MB arrive without a retry that counts" sh -c "MN_DATASETS=$DATA mn-fetch $NAME | cmp - got.st"
fi

# 50 MB, killed at random moments on the way: the right bytes, and no byte but those under way at a kill is sent twice.
if [ -z "${FETCH_SAMPLE-}" ]; then
	mkdir large
	openssl rand 50000000 >large/file 2>rand.err || head -c 50000000 /dev/urandom >large/file
	sum=$(sha256sum <large/file)
	python3 "$TESTS/fault/server.py" large large.log >large.port &
	servers="$servers $!"
	wait_for large.port
	large() { exec "$BUILD/tests/download" "http://127.0.0.1:$(cat large.port)/$1/" file got "${sum%% *}" 50000000; }
	for kill in 1 2 3; do
		(large slow) &
		victim=$!
		sleep 2.$kill
		kill -9 $victim
		wait $victim 2>/dev/null
	done
	part=$(stat -c %s got/file.part)
	(large good)
	check "50 MB, killed three times, the last time after $part bytes: the right bytes" cmp large/file got/file
	check "... and only the rest was asked for" grep -Fqx "good file bytes=$part- 206 $((50000000 - part))" large.log
	check "... of a part worth the name" test "$part" -gt 1000000 -a "$part" -lt 50000000
fi

# A certificate that nobody vouches for.
if [ -z "${FETCH_SAMPLE-}" ] && command -v openssl >openssl.path; then
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 2>openssl.err
	cat key.pem cert.pem >both.pem
	python3 "$TESTS/fault/server.py" $DATA tls.log both.pem >tls.port 2>tls.err &
	servers="$servers $!"
	wait_for tls.port
	PLAIN=$AT
	AT=https://127.0.0.1:$(cat tls.port)
	alone good 'certificate'
	rm -rf cache
	SSL_CERT_FILE=$PWD/cert.pem MN_MIRROR=$AT/good/ fetch >got.st 2>err
	check "the same server, where its certificate is vouched for" cmp got.st right.st
	AT=$PLAIN
fi

fails 2 'MN_RETRIES=many' env MN_RETRIES=many MN_MIRROR="$AT/good/" MN_CACHE="$PWD/cache2" mn-fetch --split test $NAME
