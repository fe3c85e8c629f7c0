"""rows.py - the table of rows, and what they share. A row is a function of the table of results and a scratch folder: it compares, or
measures, and knows its goal. `from rows import row`, `@row("name")`, and an import in run.py make a new one."""
import os

import sides
from sides import Failed, Skipped, torch_side

ROWS = {}


def row(name):
    def add(function):
        ROWS[name] = function
        return function

    return add


def check(what, error, tolerance):
    if not float(error) <= tolerance:
        raise Failed("%s: the results differ by %s, more than %g" % (what, error, tolerance))


def same_kernel(contestants):
    """contestants: as interleave's. The kernel that all of them use."""
    names = {side.facts["kernel"] for side, _ in contestants.values()}
    if len({name.lower() for name in names}) != 1:
        raise Failed("the sides use different kernels of OpenBLAS: " + ", ".join(sorted(names)))
    return contestants["ours"][0].facts["kernel"]


def torch_both_ways(contestants, script, word, folder, tolerance):
    """Adds PyTorch as installed and with its allocator tuned. Returns why it is missing, or None."""
    try:
        for key, tuned in (("torch", False), ("tuned", True)):
            side = torch_side(script, folder, tuned=tuned)
            check("PyTorch", side.facts["error"], tolerance)
            contestants[key] = (side, word)
    except Skipped as why:
        return str(why)
    return None


def compare_torch(table, name, times, missing, goals, **line):
    """The two lines of PyTorch; goals: as installed, tuned."""
    if missing:
        table.skipped(name + " PyTorch", missing)
        return
    for key, against, goal in (("torch", "PyTorch", goals[0]), ("tuned", "PyTorch, tuned malloc", goals[1])):
        table.compare(name, against, times["ours"], times[key], goal=goal, faster=True, **line)


def close(contestants):
    for side in {side for side, _ in contestants.values()}:
        side.close()


def folder_of(dataset):
    """Where a data set's files are: the folder that MNIST or CIFAR10 names, else "-": where mn-fetch finds them."""
    folder = os.environ.get({"mnist": "MNIST", "cifar10": "CIFAR10"}.get(dataset, ""), "-")
    return folder or "-"


def has(dataset, rows):
    """Whether mn-fetch finds that many rows of the data set without a download."""
    source = folder_of(dataset)
    command = [sides.tool("mn-fetch"), "-q", "--offline", "--range", "0:%d" % rows, *(["--from", source] if source != "-" else []), dataset]
    return sides.succeeds(command)


def fetch(path, dataset, first, last):
    """The rows of a data set in a file."""
    source = folder_of(dataset)
    sides.run([sides.tool("mn-fetch"), "-q", "--offline", "--range", "%d:%d" % (first, last), *(["--from", source] if source != "-" else []),
               dataset], path)
