"""torch_train.py THREADS FOLDER - the training steps of bench_train in PyTorch, checked against its files in FOLDER.

Written as for speed: pixels as floats beforehand, one tensor of indices an epoch, gradients kept in place.
"""
import itertools
import sys

import torch
import torch_side
from torch import nn

BATCH = 128


def fully_connected(names):
    """Linear layers with ReLU between them. names: {name: (out, in)}."""
    layers = []
    for name, (out, inside) in names.items():
        layers += [(name, nn.Linear(inside, out)), (None, nn.ReLU())]
    return layers[:-1]


def network(start):
    """The multilayer perceptron or the small Alexnet whose tensors these are, and its parameters by name."""
    shapes = {name[: -len(".weight")]: tuple(value.shape) for name, value in start.items() if name.endswith(".weight")}
    layers = []
    for name in sorted(name for name in shapes if name.startswith("conv")):
        out, inside, side, _ = shapes[name]
        layers += [(name, nn.Conv2d(inside, out, side, padding=side // 2)), (None, nn.ReLU()), (None, nn.MaxPool2d(3, 2, ceil_mode=True)),
                   (None, nn.LocalResponseNorm(9, alpha=1e-3, beta=0.75, k=1))]
    if layers:
        layers.append((None, nn.Flatten()))
    layers += fully_connected({name: shapes[name] for name in sorted(shapes) if name.startswith("fc")})
    parameters = {}
    for name, layer in layers:
        for kind in ("weight", "bias") if name else ():
            parameters[name + "." + kind] = getattr(layer, kind)
            getattr(layer, kind).data.copy_(start[name + "." + kind])
    return nn.Sequential(*(layer for _, layer in layers)), parameters


def main():
    torch.set_num_threads(int(sys.argv[1]))
    folder = sys.argv[2]
    start, after = torch_side.tensors(folder + "/start.st"), torch_side.tensors(folder + "/after.st")
    x, label = torch_side.rows(folder + "/batches.st", folder + "/start.st")
    net, parameters = network(start)
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=0.01)

    def step(rows):
        optimizer.zero_grad(set_to_none=False)
        loss(net(x[rows]), label[rows]).backward()
        optimizer.step()

    for batch in torch.arange(len(x)).split(BATCH):
        step(batch)
    error = torch_side.apart(start, after, {name: value.detach() for name, value in parameters.items()})
    endless = itertools.chain.from_iterable(torch.randperm(len(x)).split(BATCH) for _ in itertools.count())
    torch_side.serve({"step": lambda: step(next(endless))}, error="%.2g" % error)


if __name__ == "__main__":
    main()
