# A long run takes no more memory than a short one: 10,000 steps more, with log, saved models and checkpoints.
. "$TESTS/lib.sh"
if [[ $BUILD == *asan* ]]; then
	skip "memory of a long run: the address sanitizer keeps what is freed"
	exit
fi
mn-fetch --range 0:200 fashion-mnist >data.st
peak() { # EPOCHS: peak memory in kB of a run of 100 steps an epoch
	rm -f run.ck log.csv
	mn-train -q --net mlp:16 --batch 2 --momentum 0.5 --epochs "$1" --log log.csv --checkpoint run.ck --checkpoint-every 1 -o model.st data.st &
	local pid=$! most=0 now
	while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$pid/status 2>/dev/null) && [ -n "$now" ]; do
		most=$now
		sleep 0.02
	done
	wait $pid || return 1
	echo "$most"
}
short=$(peak 20) long=$(peak 120)
check "2000 steps take $short kB, 12,000 steps $long kB" test "$short" -gt 1000 -a "$long" -lt $((short + 512))
