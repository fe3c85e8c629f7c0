"""torch_sweep.py THREADS FOLDER EPOCHS BATCH RATE WIDTH:DATA:SEED ... - trainings of two hidden layers one after the other in PyTorch, and
the evaluation of each on the rows of FOLDER/validation.st. DATA: a stream. Writes FOLDER/torch.csv (width, data, accuracy) as it goes.

Written as for speed: pixels as floats beforehand, one tensor of indices an epoch, gradients kept in place.
"""
import csv
import os
import sys

import torch
import torch_side
from torch import nn


def rows(path):
    data = torch_side.tensors(path)
    x = data["images"].flatten(1)
    return x / 255 if x.dtype == torch.uint8 else x, data["labels"].long()


def train(path, width, seed, epochs, batch, rate):
    torch.manual_seed(seed)
    x, label = rows(path)
    net = nn.Sequential(nn.Linear(x.shape[1], width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10))
    for layer in net[::2]:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), lr=rate)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(batch):
            optimizer.zero_grad(set_to_none=False)
            loss(net(x[chosen]), label[chosen]).backward()
            optimizer.step()
    return net


def main():
    threads, folder, epochs, batch, rate = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    runs = [run.split(":") for run in sys.argv[6:]]
    torch.set_num_threads(threads)

    def sweep():
        x, label = rows(os.path.join(folder, "validation.st"))
        with open(os.path.join(folder, "torch.csv"), "a") as file:
            for width, path, seed in runs:
                net = train(path, int(width), int(seed), epochs, batch, rate)
                with torch.no_grad():
                    right = (net(x).argmax(1) == label).double().mean()
                csv.writer(file).writerow([width, os.path.basename(path), float(right)])

    torch_side.serve({"sweep": sweep})


main()
