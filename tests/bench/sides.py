"""sides.py - the programs that are compared, and how their samples take turns.

A side is a process that does one kind of work on demand: it says "ready KEY=VALUE ..." and answers each line "WORD COUNT" by the seconds
of wall clock and of its processors (bench.h, torch_side.py). All sides of a row wait while one works, and each round of samples goes
through all of them, in turn forwards and backwards, so that whatever slows the machine down slows all of them.
"""
import math
import os
import statistics
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")
TUNED = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "20000000000", "MALLOC_TOP_PAD_": "268435456"}


class Failed(Exception):
    """A side did not do what was asked, or not the same as the others."""


class Skipped(Exception):
    """What the row needs is not here."""


def environment(**more):
    """Every side's: OpenBLAS chooses its kernel and its cuts by itself."""
    left_out = ("OPENBLAS_", "OMP_", "MKL_", "MALLOC_", "MAKE", "MFLAGS")
    env = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    env.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    env.update(more)
    return env


class Side:
    def __init__(self, command, **env):
        self.name = os.path.basename(command[0])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(**env))
        words = self.answer().split()
        if not words or words[0] != "ready":
            raise Failed("%s did not say ready" % self.name)
        self.facts = dict(word.split("=", 1) for word in words[1:])

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed("%s ended with status %d" % (self.name, self.process.wait()))
        return line

    def ask(self, word, count):
        self.process.stdin.write("%s %d\n" % (word, count))
        self.process.stdin.flush()

    def time(self, word, count, clock):
        self.ask(word, count)
        wall, cpu = (float(number) for number in self.answer().split())
        return (cpu if clock == "cpu" else wall) / count

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def program(name):
    return os.path.join(BUILD, "bench", name)


def tool(name):
    return os.path.join(BUILD, "bin", name)


def torch_side(script, *arguments, threads=1, tuned=False):
    """A script of this folder under PyTorch."""
    if subprocess.run([PYTHON, "-c", "import torch, numpy"], capture_output=True, check=False).returncode:
        raise Skipped("PyTorch is not installed (Debian: python3-torch)")
    env = dict(TUNED) if tuned else {}
    env.update(OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    return Side([PYTHON, os.path.join(HERE, script), str(threads), *arguments], **env)


def interleave(contestants, clock, pairs=9, sample=0.15):
    """contestants: {name: (side, word)}. Samples of at least `sample` seconds, after one to warm up and to find how much work that is.
    Returns {name: [seconds of one piece of work]}."""
    counts, times = {}, {name: [] for name in contestants}
    for name, (side, word) in contestants.items():
        side.time(word, 1, clock)
        counts[name] = max(1, math.ceil(sample / max(side.time(word, 1, clock), 1e-6)))
        if counts[name] > 100:
            counts[name] = math.ceil(sample / side.time(word, 100, clock))
    for turn in range(pairs):
        order = list(contestants) if turn % 2 == 0 else list(reversed(contestants))
        for name in order:
            side, word = contestants[name]
            times[name].append(side.time(word, counts[name], clock))
    return times


def run(command, output, clock="cpu", **env):
    """Runs a program to its end, its standard output in a file. Returns (seconds, MiB resident at most)."""
    began = time.perf_counter()
    with open(output, "wb") as file:
        process = subprocess.Popen(command, stdout=file, stdin=subprocess.DEVNULL, env=environment(**env))
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failed("%s ended with status %d" % (os.path.basename(command[0]), process.returncode))
    seconds = usage.ru_utime + usage.ru_stime if clock == "cpu" else time.perf_counter() - began
    return seconds, usage.ru_maxrss / 1024


def succeeds(command):
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=environment()).returncode == 0


def machine():
    """The processor's name and the cores there are."""
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return "%s, %d cores" % (names[0] if names else "unknown processor", os.cpu_count())


def quartiles(numbers):
    low, _, high = statistics.quantiles(numbers, n=4, method="inclusive")
    return low, high
