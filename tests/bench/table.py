"""table.py - the results: one line a comparison, on standard output and in out/bench.csv."""
import csv
import os
import statistics

import sides

COLUMNS = ["row", "against", "unit", "ours", "other", "ratio", "ratio_low", "ratio_high", "goal", "verdict", "samples", "clock", "threads",
           "kernel", "note"]


class Table:
    def __init__(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.path, self.lines, self.wrong = path, [], 0

    def show(self, **line):
        """Prints a line and writes the file anew, so that what was measured stays when a later row fails."""
        full = {column: line.get(column, "") for column in COLUMNS}
        self.lines.append(full)
        if len(self.lines) == 1:
            print("%-14s %-22s %12s %12s %7s %15s %8s  %s" % ("row", "against", "ours", "other", "ratio", "quartiles", "goal", "verdict"))
        number = lambda value: "%.4g %s" % (value, full["unit"]) if value != "" else ""
        ratio = lambda value: "%.3f" % value if value != "" else ""
        spread = "%s-%s" % (ratio(full["ratio_low"]), ratio(full["ratio_high"])) if full["ratio_low"] != "" else ""
        print("%-14s %-22s %12s %12s %7s %15s %8s  %s%s" % (
            full["row"], full["against"], number(full["ours"]), number(full["other"]), ratio(full["ratio"]), spread, full["goal"],
            full["verdict"], " (%s)" % full["note"] if full["note"] else ""), flush=True)
        with open(self.path + ".new", "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            for row in self.lines:
                writer.writerow({key: "%.6g" % value if isinstance(value, float) else value for key, value in row.items()})
        os.replace(self.path + ".new", self.path)

    def compare(self, row, against, ours, other, scale, unit, goal=None, faster=False, **line):
        """ours, other: samples in pairs. The ratio is the pairs' median of ours / other, to be at most the goal; or, with
        faster, of other / ours, to be at least the goal."""
        a, b = statistics.median(ours), statistics.median(other)
        pairs = [y / x if faster else x / y for x, y in zip(ours, other)]
        low, high = sides.quartiles(pairs)
        ratio = statistics.median(pairs)
        self.show(row=row, against=against, unit=unit, ours=a * scale, other=b * scale, ratio=ratio, ratio_low=low, ratio_high=high,
                  samples=len(pairs), **self.judge(ratio, goal, faster), **line)

    def bound(self, row, against, ours, goal, unit, scale=1.0, **line):
        """A quantity by itself, to be at most the goal."""
        a = statistics.median(ours)
        verdict = self.judge(a, goal, False)
        self.show(row=row, against=against, unit=unit, ours=a * scale, samples=len(ours), **verdict, **line)

    def near(self, row, against, ours, other, goal, unit, **line):
        """What was foretold, the other, against what was measured: to differ by at most that part of it."""
        ratio = other / ours
        verdict = {"goal": "", "verdict": ""}
        if goal is not None:
            verdict = {"goal": "+-%g" % goal, "verdict": "met" if abs(ratio - 1) <= goal else "missed"}
        self.show(row=row, against=against, unit=unit, ours=ours, other=other, ratio=ratio, samples=1, **verdict, **line)

    def judge(self, value, goal, faster):
        if goal is None:
            return {"goal": "", "verdict": ""}
        met = value >= goal if faster else value <= goal
        return {"goal": "%s%g" % (">=" if faster else "<=", goal), "verdict": "met" if met else "missed"}

    def skipped(self, row, why):
        self.show(row=row, verdict="skipped", note=why)

    def failed(self, row, why):
        self.wrong += 1
        self.show(row=row, verdict="failed", note=why)
