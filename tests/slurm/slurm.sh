# A small Figure 1 on a Slurm cluster of one node, this machine: through LAUNCH='srun ...' and through a job array; with preempted and cancelled
# tasks and a killed slurmd in the middle. Its tables have the bytes of a local run.
. "$TESTS/lib.sh"
figures=$TOP/pipelines/figures.mk
bin=$(dirname "$(command -v mn-train)")
unset MAKEFLAGS MFLAGS MAKELEVEL

for program in munged slurmctld slurmd srun sbatch scancel; do
	if ! PATH=$PATH:/usr/sbin type -P $program >/dev/null; then
		skip "$program is not installed: the figures on Slurm"
		exit 0
	fi
done
if [ "$(id -u)" -ne 0 ]; then
	skip 'not root, as slurmd must be: the figures on Slurm'
	exit 0
fi
PATH=$PATH:/usr/sbin

# Below /tmp and open to look into, as munged asks of its socket's folder.
cluster=$(mktemp -d /tmp/mn-slurm.XXXXXX)
chmod 755 "$cluster"
export SLURM_CONF=$cluster/slurm.conf
servers=()
# What slurmd started outlives it; it is known by the folder in its command line or environment.
leftover() {
	local process
	for process in /proc/[0-9]*; do
		[ "${process##*/}" -ne $$ ] && [ "${process##*/}" -ne "$BASHPID" ] || continue
		if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -q "^SLURM_CONF=$cluster/" &&
			tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -Eq '^[^ ]*(slurm|munged|srun|make|mn-|run |bash .*(pipelines/run|slurm_script))'; then
			echo "${process##*/}"
		fi
	done
}
finish() {
	local left
	scancel --quiet --state=RUNNING --user=root 2>/dev/null
	sleep 0.5
	[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null
	sleep 0.5
	left=$(leftover)
	[ -z "$left" ] || kill -9 $left 2>/dev/null
	rm -rf "$cluster"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# free_port FIRST: below those that the kernel gives to whoever connects.
free_port() {
	local port
	for ((port = $1 + RANDOM % 5000; port < $1 + 6000; port++)); do
		(exec 5<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}
slurmd_port=$(free_port 26000)
host=$(uname -n)
host=${host%%.*}
mkdir "$cluster/state" "$cluster/spool"
# A queued again task waits until its credential has expired.
cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port 20000)
SlurmdPort=$slurmd_port
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket,cred_expire=10
CredType=cred/munge
SlurmUser=root
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1,sched_min_interval=0
SlurmdTimeout=20
MessageTimeout=10
KillWait=30
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=4000
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
END
head -c 1024 /dev/urandom >"$cluster/key"
chmod 600 "$cluster/key"

# serve COMMAND...: a server in the foreground of its own, ended at the end.
serve() {
	"$@" >>"$cluster/servers.log" 2>&1 </dev/null 3>&- &
	servers+=($!)
}
within() { # SECONDS COMMAND...: the command succeeds before so many seconds have passed
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.2
	done
}
# A node that still waits to hear of a cancelled job's end is completing, and takes others; one that the scheduler keeps for a job is planned.
# One that Slurm has set aside, because a job could not begin or end on it while slurmd was away, is taken back, as an administrator would.
up() {
	local state
	state=$(sinfo --noheader --format=%T 2>/dev/null)
	case $state in
	idle | mixed | allocated | completing | planned | idle- | mixed- | allocated-) return ;;
	drain* | down*) scontrol update "nodename=$host" state=resume ;;
	esac
	return 1
}
busy() { squeue --noheader --states=RUNNING | grep -q .; }
# So is a task that Slurm holds back because it could not begin.
empty() {
	local held
	[ -n "$(squeue --noheader)" ] || return 0
	held=$(squeue --noheader --array --format='%i %r' | sed -n 's/ .*[Hh]eld.*//p' | paste -s -d ,)
	[ -z "$held" ] || scontrol release "$held"
	up
	return 1
}

serve munged --foreground --force --key-file="$cluster/key" --socket="$cluster/munge.socket" --pid-file="$cluster/munged.pid" \
	--log-file="$cluster/munged.log" --seed-file="$cluster/seed"
within 30 test -S "$cluster/munge.socket"
serve slurmctld -D
serve slurmd -D
check 'a cluster of one node is up' within 90 up
if ! up; then
	tail -n 5 "$cluster"/*.log
	exit 1
fi

fig1() { # OUT TARGET SETTING...
	make -f "$figures" "$2" BIN="$bin" OUT="$1" SEEDS='1 2' FIG1_ROWS=200 FIG1_WIDTHS='8 64' FIG1_NOISE='0 0.5' FIG1_EPOCHS=3000 \
		CHECKPOINT_EVERY=200 "${@:3}" >>"$1.txt" 2>&1
}
tables() { cmp "local/demo/$2.csv" "$1/demo/$2.csv" && cmp "local/demo/$2.svg" "$1/demo/$2.svg"; }
ended() { tail -n 1 "$1" | grep -q '^exit\|^ended'; }
interrupted=()
interrupt() { # OUT COMMAND...: ends a training that has a checkpoint by COMMAND JOB, in the middle; no training twice
	local saved log job
	for saved in "$1"/runs/checkpoint/model/[!.]*.st; do
		log=$1/runs/job/model/$(basename "$saved" .st).log
		[ -e "$log" ] && ! ended "$log" && [[ " ${interrupted[*]} " != *" $log "* ]] || continue
		job=$(sed -n 's/.*Slurm job //p' "$log" | tail -n 1)
		# A task of an array by its name there: not every program takes its number.
		job=$(squeue --noheader --states=RUNNING --array --format='%A %i' | sed -n "s/^$job //p")
		[ -n "$job" ] && "${@:2}" "$job" && within 40 ended "$log" && tail -n 1 "$log" | grep -q '^ended by SIGTERM$' || continue
		interrupted+=("$log")
		return 0
	done
	return 1
}
# What Slurm does near the limit. The task has left by the time that scancel learns whether it was heard, so it would try again.
near_limit() {
	timeout 3 scancel --quiet --batch --signal=USR1 "$1" 2>/dev/null
	return 0
}
listening() { (exec 5<>"/dev/tcp/127.0.0.1/$slurmd_port") 2>/dev/null; }
kill_slurmd() { # kills slurmd while there are jobs, and starts it again until it stays
	within 60 busy || return 1
	kill -9 "${servers[-1]}"
	wait "${servers[-1]}" 2>/dev/null
	sleep 1
	for ((i = 0; i < 3; i++)); do
		unset 'servers[-1]'
		serve slurmd -D
		within 10 listening && within 30 up && kill -0 "${servers[-1]}" 2>/dev/null && return
		kill -9 "${servers[-1]}" 2>/dev/null
		wait "${servers[-1]}" 2>/dev/null
	done
	sinfo --long --Node
	squeue
	tail -n 5 "$cluster"/*.log
	return 1
}
went_on() { # every LOG is of a training that went on from its checkpoint to its end
	local log
	for log in "$@"; do
		grep -q '^goes on from ' "$log" && tail -n 1 "$log" | grep -qx 'exit 0' || return 1
	done
	[ $# -gt 0 ] && ! grep -q 'refused' <(ls array/runs/checkpoint/model)
}

check 'the figure here' fig1 local fig1 JOBS=2

fig1 srun fig1 -j4 LAUNCH='srun --quiet -n1 -c1 --mem=$(MEM_MB)M --input=none' &
make=$!
check 'a run is cancelled while make waits' within 120 interrupt srun scancel
check 'slurmd is killed while make waits' kill_slurmd
wait $make
status=$?
check 'a cancelled run fails the make' test $status -ne 0
check 'and is named' grep -q '^failed: fashion-mnist_.*SIGTERM\|^missing: fashion-mnist_' srun.txt
for ((i = 0; i < 3; i++)); do
	fig1 srun fig1 -j4 LAUNCH='srun --quiet -n1 -c1 --mem=$(MEM_MB)M --input=none' && break
done
check 'the next make ends' test $i -lt 3
check 'its runs were steps of Slurm' grep -q ', Slurm job ' -r srun/runs/job/model
check 'the table and picture have the bytes of the local run' tables srun fig1
check 'so have the models' diff -r local/runs/model srun/runs/model

interrupted=()
check 'a job array is submitted' fig1 array submit WANTED=fig1
check 'a task is preempted: queued again by Slurm' within 120 interrupt array scontrol requeue
check 'a task hears that its time limit is near, and queues itself again' within 120 interrupt array near_limit
preempted=("${interrupted[@]}")
check 'a task is cancelled in the middle' within 120 interrupt array scancel
check 'slurmd is killed in the middle' kill_slurmd
check 'what has arrived is said' grep -q '^fig1: [0-9]* of 8 runs$' <(fig1 array collect WANTED=fig1; cat array.txt)
check 'the array ends' within 300 empty
check 'the preempted tasks went on from their checkpoints' went_on "${preempted[@]}"
for ((i = 0; i < 3; i++)); do
	fig1 array collect WANTED=fig1 && break
	fig1 array submit WANTED=fig1
	within 300 empty
done
check 'submitted again, all runs arrive' test $i -lt 3
check 'the table and picture have the bytes of the local run' tables array fig1
check 'so have the models' diff -r local/runs/model array/runs/model

finish
check 'no server is left' test -z "$(leftover)"
