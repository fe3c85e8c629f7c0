"""rows_train.py - training steps, batch 128."""
import time

from rows import ROWS, check, close, compare_torch, folder_of, has, row, same_kernel, torch_both_ways
from sides import Failed, Side, Skipped, interleave, program

WIDTHS = (64, 256, 512, 1024, 2048, 4096)
TOLERANCE = 2e-3  # of five steps, relative to the way gone


def trainer(net, dataset, folder, threads=1, pixels=None):
    return Side([program("bench_train"), net, dataset, folder_of(dataset), str(threads), folder, *([pixels] if pixels else [])])


def step(width):
    """A step of 784-h-h-10 against the bare products, and against PyTorch."""
    name = "step-%d" % width
    floor_goal = 1.2 if width < 256 else 1.08
    torch_goal = {64: 2, 256: 1.15, 512: 1.35, 1024: 1.15}.get(width, 1.2)
    tuned_goal = {64: 2, 256: 1.1, 512: 1.1, 1024: 1.1}.get(width, 1)

    def run(table, folder):
        ours = trainer("mlp:%d,%d" % (width, width), "fashion-mnist", folder)
        check("the reference with bare products", ours.facts["floor_error"], TOLERANCE)
        contestants = {"ours": (ours, "step"), "floor": (ours, "floor")}
        missing = torch_both_ways(contestants, "torch_train.py", "step", folder, TOLERANCE)
        line = {"scale": 1e6, "unit": "us", "clock": "cpu", "threads": 1, "kernel": same_kernel(contestants)}
        times = interleave(contestants, "cpu")
        table.compare(name, "bare OpenBLAS", times["ours"], times["floor"], goal=floor_goal, **line)
        compare_torch(table, name, times, missing, (torch_goal, tuned_goal), **line)
        close(contestants)

    ROWS[name] = run


for h in WIDTHS:
    step(h)


@row("zeros")
def zeros(table, folder):
    """A step of 784-512-10 on digits, most of whose pixels are zero, against the dense products; and what looking for zeros costs where there
    are none."""
    none = trainer("mlp:512", "fashion-mnist", folder, pixels="nonzero")
    contestants = {"ours": (none, "step"), "blind": (none, "blind")}
    line = {"scale": 1e6, "unit": "us", "clock": "cpu", "threads": 1, "kernel": same_kernel(contestants)}
    times = interleave(contestants, "cpu", pairs=15)
    table.compare("zeros", "not looking; no zeros", times["ours"], times["blind"], goal=1.02, **line)
    close(contestants)
    if not has("mnist", 12800):
        raise Skipped("MNIST is neither in the cache nor in MNIST=FOLDER")
    ours, other = trainer("mlp:512", "mnist", folder), trainer("mlp:512", "mnist", folder, threads=2)
    check("the dense reference", ours.facts["floor_error"], 1e-4)
    if ours.facts["crc"] != other.facts["crc"]:
        raise Failed("two threads give other bits than one")
    other.close()
    contestants = {"ours": (ours, "step"), "floor": (ours, "floor")}
    times = interleave(contestants, "cpu")
    table.compare("zeros", "bare OpenBLAS; MNIST", times["ours"], times["floor"], goal=0.75, **line)
    close(contestants)


def colours():
    """Data for alexnet: CIFAR-10, else Fashion-MNIST in colour. Data set, pixels, note."""
    return ("cifar10", None, "") if has("cifar10", 12800) else ("fashion-mnist", "colour", "no CIFAR-10: on Fashion-MNIST in colour")


@row("alexnet")
def alexnet(table, folder):
    """A step of alexnet against oneDNN's convolutions with OpenBLAS's products, and against PyTorch."""
    dataset, pixels, note = colours()
    ours = trainer("alexnet", dataset, folder, pixels=pixels)
    contestants = {"ours": (ours, "step")}
    try:
        floor = Side([program("bench_convolve"), dataset, folder_of(dataset), *([pixels] if pixels else [])])
        check("oneDNN's convolutions", floor.facts["error"], 1e-4)
        contestants["floor"] = (floor, "floor")
    except FileNotFoundError:
        table.skipped("alexnet oneDNN", "oneDNN is not installed (Debian: libdnnl-dev)")
    missing = torch_both_ways(contestants, "torch_train.py", "step", folder, TOLERANCE)
    line = {"scale": 1e3, "unit": "ms", "clock": "cpu", "threads": 1, "kernel": same_kernel(contestants), "note": note}
    times = interleave(contestants, "cpu", pairs=7)
    if "floor" in times:
        table.compare("alexnet", "oneDNN and OpenBLAS", times["ours"], times["floor"], goal=1.25, **line)
    compare_torch(table, "alexnet", times, missing, (3, 1.8), **line)
    close(contestants)


def both_at_once(sides, steps):
    """Wall clock of a step's bare products, where each of the sides does its own at the same time."""
    began = time.perf_counter()
    for side in sides:
        side.ask("floor", steps)
    for side in sides:
        side.answer()
    return (time.perf_counter() - began) / steps / len(sides)


def two_processes(table, folder):
    """What the machine itself gives to two threads: two processes that share nothing, each with the same bare products, against one."""
    pair = [trainer("mlp:2048,2048", "fashion-mnist", folder) for _ in range(2)]
    both, alone = [], []
    for _ in range(9):
        both.append(both_at_once(pair, 8))
        alone.append(both_at_once(pair[:1], 8))
    table.compare("threads-2", "the machine's gain", both, alone, faster=True, scale=1e3, unit="ms", clock="wall", threads=2,
                  kernel=pair[0].facts["kernel"], note="two processes with bare OpenBLAS, mlp:2048")
    for side in pair:
        side.close()


@row("threads-2")
def threads(table, folder):
    """Steps with two threads against one: wall clock, the same bits."""
    two_processes(table, folder)
    dataset, pixels, note = colours()
    works = [("mlp:%d,%d" % (h, h), "fashion-mnist", None, "") for h in (1024, 2048, 4096)] + [("alexnet", dataset, pixels, note)]
    for net, data, how, why in works:
        one, two = (trainer(net, data, folder, threads=count, pixels=how) for count in (1, 2))
        if one.facts["crc"] != two.facts["crc"]:
            raise Failed(net + ": two threads give other bits than one")
        contestants = {"ours": (two, "step"), "one": (one, "step")}
        times = interleave(contestants, "wall", sample=0.3, pairs=15)
        table.compare("threads-2", "one thread; " + net.split(",")[0], times["ours"], times["one"], goal=1.7, faster=True, scale=1e3, unit="ms",
                      clock="wall", threads=2, kernel=same_kernel(contestants), note=why)
        close(contestants)
