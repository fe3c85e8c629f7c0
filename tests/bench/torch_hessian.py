"""torch_hessian.py THREADS FOLDER - the exact Hessian product of bench_hessian by PyTorch's double backward, in chunks of 1,000 rows,
checked against its files in FOLDER."""
import sys

import torch
import torch_side
from torch import nn
from torch_train import network

CHUNK = 1000


def main():
    torch.set_num_threads(int(sys.argv[1]))
    folder = sys.argv[2]
    x, label = torch_side.rows(folder + "/data.st", folder + "/model.st")
    direction, expected = torch_side.tensors(folder + "/v.st"), torch_side.tensors(folder + "/hv.st")
    net, parameters = network(torch_side.tensors(folder + "/model.st"))
    names, weights = list(parameters), list(parameters.values())
    v = [direction[name] for name in names]
    loss = nn.CrossEntropyLoss(reduction="sum")

    def product():
        total = [torch.zeros_like(w) for w in weights]
        for first in range(0, len(x), CHUNK):
            value = loss(net(x[first : first + CHUNK]), label[first : first + CHUNK]) / len(x)
            slope = torch.autograd.grad(value, weights, create_graph=True)
            for sum_, part in zip(total, torch.autograd.grad(slope, weights, v)):
                sum_ += part
        return total

    error = torch_side.apart({name: torch.zeros_like(w) for name, w in parameters.items()}, expected, dict(zip(names, product())))
    torch_side.serve({"product": product}, error="%.2g" % error)


main()
