"""torch_train.py THREADS FOLDER - the training steps of bench_train in PyTorch, checked against its files in FOLDER.

Written as for speed: pixels as floats beforehand, one tensor of indices an epoch, gradients kept in place.
"""
import itertools
import sys

import torch
import torch_side
from torch import nn

BATCH = 128


def network(start):
    """The multilayer perceptron whose tensors these are."""
    layers, names = [], []
    count = sum(name.endswith(".weight") for name in start)
    for i in range(1, count + 1):
        out, inside = start["fc%d.weight" % i].shape
        layers += [nn.Linear(inside, out), nn.ReLU()]
        names.append((layers[-2], "fc%d" % i))
    net = nn.Sequential(*layers[:-1])
    parameters = {}
    for layer, name in names:
        for kind in ("weight", "bias"):
            parameters[name + "." + kind] = getattr(layer, kind)
            getattr(layer, kind).data.copy_(start[name + "." + kind])
    return net, parameters


def main():
    torch.set_num_threads(int(sys.argv[1]))
    folder = sys.argv[2]
    start, after = torch_side.tensors(folder + "/start.st"), torch_side.tensors(folder + "/after.st")
    batches = torch_side.tensors(folder + "/batches.st")
    x, label = batches["images"].flatten(1).float() / 255, batches["labels"].long()
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


main()
