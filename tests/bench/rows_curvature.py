"""rows_curvature.py - exact Hessian products."""
import os

import sides
from rows import check, close, compare_torch, fetch, row, same_kernel, torch_both_ways
from sides import Failed, Side, interleave, program


@row("hessian")
def hessian_product(table, folder):
    """An exact Hessian product of 784-512-512-10 on 10,000 rows against its bare products, a full gradient, and PyTorch's double backward; and
    how many the largest eigenvalue takes."""
    ours = Side([program("bench_hessian"), "mlp:512,512", "fashion-mnist", "-", "10000", "1", folder])
    check("the reference with bare products", ours.facts["floor_error"], 1e-4)
    check("the central difference of gradients", ours.facts["error"], 0.2)
    contestants = {"ours": (ours, "product"), "floor": (ours, "floor"), "gradient": (ours, "gradient")}
    missing = torch_both_ways(contestants, "torch_hessian.py", "product", folder, 1e-3)
    line = {"scale": 1, "unit": "s", "clock": "cpu", "threads": 1, "kernel": same_kernel(contestants)}
    times = interleave(contestants, "cpu", pairs=7)
    table.compare("hessian", "bare OpenBLAS", times["ours"], times["floor"], goal=1.15, **line)
    table.compare("hessian", "a full gradient", times["ours"], times["gradient"], goal=2, **line)
    compare_torch(table, "hessian", times, missing, (2.5, 1.6), **line)
    if ours.facts["converged"] != "1":
        raise Failed("the largest eigenvalue did not converge")
    table.bound("hessian", "products to 1e-3", [float(ours.facts["products"])], 20, "", threads=1)
    close(contestants)


@row("hessian-4096")
def hessian_memory(table, folder):
    """Memory that mn-hessian takes by default at 20 million parameters and 10,000 rows. The C library is told to write to all that it hands
    out, so that what later products would use counts from the first."""
    data, model, output = (os.path.join(folder, name) for name in ("data.st", "model.st", "table.csv"))
    fetch(data, "fashion-mnist", 0, 10000)
    sides.run([sides.tool("mn-train"), "-q", "--net", "mlp:4096,4096", "--epochs", "1", "--batch", "256", "--threads", "2", data], model)
    command = [sides.tool("mn-hessian"), "-q", "--data", data, "--max-iterations", "1", "--threads", "2", model]
    _, mebibytes = sides.run(command, output, MALLOC_PERTURB_="1")
    with open(output) as file:
        if file.read().count("\n") < 2:
            raise Failed("mn-hessian wrote no row")
    table.bound("hessian-4096", "memory", [mebibytes], 3 * 1024, "MiB", threads=2)
