#!/usr/bin/env python3
"""forward_numpy.py DATA MODEL - an independent forward pass, in double precision, of a network of fully connected layers.

Shares no line with the programs that it checks: it reads both streams by safetensors_numpy.py. Prints the number of rows, the mean
cross-entropy, the number of errors (the lowest index wins a tie), and how many rows are so near a tie (1e-5 of the largest output)
that another precision may decide otherwise.
"""
import sys

import numpy as np

sys.dont_write_bytecode = True
from safetensors_numpy import read  # noqa: E402


def transform(images, metadata):
    x = images / 255.0 if images.dtype == np.uint8 else images.astype(np.float64)
    x = x.reshape(len(x), -1, *x.shape[-2:]) if x.ndim > 2 else x.reshape(len(x), 1, 1, -1)
    for step in metadata.get("mn.input", "unit").split(","):
        if step == "crop28":
            top, left = (x.shape[2] - 28) // 2, (x.shape[3] - 28) // 2
            x = x[:, :, top : top + 28, left : left + 28]
        elif step == "standard":
            x = (x - float(metadata["mn.input_mean"])) / float(metadata["mn.input_sd"])
        elif step == "whiten":
            axes = (1, 2, 3)
            sd = np.maximum(x.std(axis=axes, keepdims=True), x[0].size ** -0.5)
            x = (x - x.mean(axis=axes, keepdims=True)) / sd
        elif step != "unit":
            sys.exit("forward_numpy.py: unknown input transform " + step)
    return x.reshape(len(x), -1)


def layers(net, classes):
    if net.startswith("mlp:"):
        return [word for size in net[4:].split(",") for word in ("fc" + size, "relu")] + ["fc%d" % classes]
    return net.replace(" ", "/").split("/")


def main():
    data, _ = read(sys.argv[1])
    model, metadata = read(sys.argv[2])
    x, number = transform(data["images"], metadata), 0
    for word in layers(metadata["mn.net"], int(metadata["mn.classes"])):
        if word == "relu":
            x = np.maximum(x, 0)
        elif word == "tanh":
            x = np.tanh(x)
        else:
            number += 1
            x = x @ model["fc%d.weight" % number].astype(np.float64).T + model["fc%d.bias" % number].astype(np.float64)
    rows, label = np.arange(len(x)), data["labels"]
    shifted = x - x.max(axis=1, keepdims=True)
    loss = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, label]
    top = np.sort(x, axis=1)[:, -2:]
    near = np.count_nonzero(top[:, 1] - top[:, 0] <= 1e-5 * np.abs(x).max())
    print(len(x), repr(float(loss.mean())), np.count_nonzero(x.argmax(axis=1) != label), near)


if __name__ == "__main__":
    main()
