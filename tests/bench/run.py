#!/usr/bin/python3
"""run.py [ROW ...] - runs the benchmarks, prints the table and writes out/bench.csv. `make bench` calls it.

A ROW is a row's name or its beginning ("step" is all widths). Fails where a row fails: where two sides did not compute the same. A goal
that is missed is no failure; nor is a row skipped because something it needs is not installed. MNIST and CIFAR10 name folders of these
data sets' files, which are otherwise looked for where mn-fetch looks.
"""
import datetime
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True

import rows
import rows_train
import rows_curvature
import rows_programs
import sides
import table


def main():
    wanted = sys.argv[1:]
    names = [name for name in rows.ROWS if not wanted or any(name.startswith(word) for word in wanted)]
    if not names:
        sys.exit("bench: no row %s; there are %s" % (" ".join(wanted), " ".join(rows.ROWS)))
    print("%s, %s" % (sides.machine(), datetime.date.today()), flush=True)
    results = table.Table(os.path.join(sides.TOP, "out", "bench.csv"))
    for name in names:
        folder = tempfile.mkdtemp(prefix="bench.")
        try:
            rows.ROWS[name](results, folder)
        except sides.Skipped as why:
            results.skipped(name, str(why))
        except sides.Failed as why:
            results.failed(name, str(why))
        finally:
            shutil.rmtree(folder)
    kernels = sorted({line["kernel"] for line in results.lines if line["kernel"]})
    print("OpenBLAS kernel: %s; written: out/bench.csv" % ", ".join(kernels))
    sys.exit(1 if results.wrong else 0)


main()
