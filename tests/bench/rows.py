"""rows.py - the rows of the table: what each compares, and its goal. A row is a function of the table and a scratch folder."""
import os

import sides
import summarize
from sides import Failed, Side, Skipped, interleave, program, torch_side

ROWS = {}
WIDTHS = (64, 256, 512, 1024, 2048, 4096)


def row(name):
    def add(function):
        ROWS[name] = function
        return function

    return add


def check(what, error, tolerance):
    if not float(error) <= tolerance:
        raise Failed("%s: the results differ by %s, more than %g" % (what, error, tolerance))


def same_kernel(*contestants):
    names = {side.facts["kernel"].lower() for side in contestants}
    if len(names) != 1:
        raise Failed("the sides use different kernels of OpenBLAS: " + ", ".join(sorted(names)))
    return contestants[0].facts["kernel"]


def step(width):
    """A step of 784-h-h-10 against the bare products, and against PyTorch."""
    floor_goal = 1.2 if width < 256 else 1.08
    torch_goal = {64: 2, 256: 1.15, 512: 1.35, 1024: 1.15}.get(width, 1.2)
    tuned_goal = {64: 2, 256: 1.1, 512: 1.1, 1024: 1.1}.get(width, 1)

    def run(table, folder):
        name = "step-%d" % width
        ours = Side([program("bench_train"), "mlp:%d,%d" % (width, width), "fashion-mnist", "-", "1", folder])
        check("the reference with bare products", ours.facts["floor_error"], 2e-3)
        contestants = {"ours": (ours, "step"), "floor": (ours, "floor")}
        missing = None
        try:
            for key, tuned in (("torch", False), ("tuned", True)):
                side = torch_side("torch_train.py", folder, tuned=tuned)
                check("PyTorch", side.facts["error"], 2e-3)
                contestants[key] = (side, "step")
        except Skipped as why:
            missing = str(why)
        kernel = same_kernel(*(side for side, _ in contestants.values()))
        times = interleave(contestants, "cpu")
        line = {"scale": 1e6, "unit": "us", "clock": "cpu", "threads": 1, "kernel": kernel}
        table.compare(name, "bare OpenBLAS", times["ours"], times["floor"], goal=floor_goal, **line)
        if missing:
            table.skipped(name + " PyTorch", missing)
        else:
            table.compare(name, "PyTorch", times["ours"], times["torch"], goal=torch_goal, faster=True, **line)
            table.compare(name, "PyTorch, tuned malloc", times["ours"], times["tuned"], goal=tuned_goal, faster=True, **line)
        for side in {side for side, _ in contestants.values()}:
            side.close()

    return run


for h in WIDTHS:
    row("step-%d" % h)(step(h))


@row("summarize")
def summarize_a_million(table, folder):
    """mn-summarize on a log of a million rows."""
    data, output = os.path.join(folder, "log.csv"), os.path.join(folder, "summary.csv")
    groups = summarize.write(data, 1000000)
    command = [os.path.join(sides.BUILD, "bin", "mn-summarize"), "--by", "width,input_noise", "--value", "validation_accuracy", "--stat",
               "n,mean,median,ci95", data]
    seconds = [sides.run(command, output)[0] for _ in range(7)]
    with open(output) as file:
        check("the statistics module of Python", summarize.wrong(file.read(), groups), 1e-8)
    table.bound("summarize", "a million rows", seconds, 3, "s", clock="cpu", threads=1)


@row("hessian")
def hessian_product(table, folder):
    """An exact Hessian product of 784-512-512-10 on 10,000 rows against a full gradient; and how many the largest eigenvalue takes."""
    side = Side([program("bench_hessian"), "mlp:512,512", "fashion-mnist", "-", "10000", "1"])
    check("the central difference of gradients", side.facts["error"], 0.2)
    times = interleave({"product": (side, "product"), "gradient": (side, "gradient")}, "cpu")
    table.compare("hessian", "a full gradient", times["product"], times["gradient"], goal=2, scale=1, unit="s", clock="cpu", threads=1,
                  kernel=side.facts["kernel"])
    if side.facts["converged"] != "1":
        raise Failed("the largest eigenvalue did not converge")
    table.bound("hessian", "products to 1e-3", [float(side.facts["products"])], 20, "", threads=1)
    side.close()


@row("hessian-4096")
def hessian_memory(table, folder):
    """Memory that mn-hessian takes by default at 20 million parameters and 10,000 rows."""
    data, model = os.path.join(folder, "data.st"), os.path.join(folder, "model.st")
    sides.run([sides.tool("mn-fetch"), "--range", "0:10000", "fashion-mnist"], data)
    sides.run([sides.tool("mn-train"), "-q", "--net", "mlp:4096,4096", "--epochs", "1", "--batch", "256", "--threads", "2", data], model)
    _, mebibytes = sides.run([sides.tool("mn-hessian"), "-q", "--data", data, "--threads", "2", model], os.path.join(folder, "table.csv"))
    table.bound("hessian-4096", "memory", [mebibytes], 3 * 1024, "MiB", threads=2)
