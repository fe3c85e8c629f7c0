#!/usr/bin/env python3
"""torch_reference.py - networks of every kind of layer against PyTorch, which loads their models by tensor names.

    torch_reference.py make ROWS OUT        writes a data set of ROWS random colour images, and OUT.0 ... OUT.9: the same images, all labelled 0 ... 9
    torch_reference.py compare DATA INITIAL CHECKPOINT EACH

INITIAL is a model before and CHECKPOINT one after one step of gradient descent, with momentum, on all of DATA as one batch: its
momentum.* tensors are the gradient. EACH is the table of mn-eval --per-example for OUT.0 ... OUT.9 and INITIAL: loss k of a row is
-log softmax(logits)[k]. Prints the largest differences: of the logits (both made to have log-sum-exp 0), of the gradients (relative, of
the worst tensor), and of the running statistics of batch normalization; and the number of parameters.
"""
import csv
import json
import re
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.dont_write_bytecode = True
from safetensors_numpy import read  # noqa: E402

PRESETS = {
    "alexnet": "conv64k5/relu/pool3s2/lrn/conv64k5/relu/pool3s2/lrn/fc384/relu/fc192/relu/fc10",
    "alexnet-bn": "conv200k5/bn/relu/pool3s2/conv200k5/bn/relu/pool3s2/fc384/bn/relu/fc192/bn/relu/fc10",
}


def same(x, kernel, stride, padding, value):
    """Pads as TensorFlow's SAME does, or by `padding` on all sides."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [padding, padding] if padding is not None else [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


class Net(torch.nn.Module):
    """A layer list; its modules are named as the tensors of a model."""

    def __init__(self, text, shape):
        super().__init__()
        self.steps = []
        x = torch.zeros(2, *shape)
        for word in PRESETS.get(text, text).split("/"):
            name, number, letters = re.fullmatch(r"([a-z]+)(\d*)((?:[a-z]\d+)*)", word).groups()
            number = int(number) if number else None
            letters = {key: int(value) for key, value in re.findall(r"([a-z])(\d+)", letters)}
            step = self.make(name, number, letters, x)
            self.steps.append(step)
            with torch.no_grad():
                x = step(x)

    def keep(self, name, module):
        number = 1
        while hasattr(self, "%s%d" % (name, number)):
            number += 1
        self.add_module("%s%d" % (name, number), module)
        return module

    def make(self, name, number, letters, x):
        stride, padding = letters.get("s", 1 if name == "conv" else number), letters.get("p")
        if name == "conv":
            conv = self.keep(name, torch.nn.Conv2d(x.shape[1], number, letters["k"], stride))
            return lambda x: conv(same(x, letters["k"], stride, padding, 0.0))
        if name == "pool":
            return lambda x: F.max_pool2d(same(x, number, stride, padding, float("-inf")), number, stride)
        if name == "lrn":
            size = 2 * (4 if number is None else number) + 1
            return torch.nn.LocalResponseNorm(size, letters.get("a", 1000) * 1e-6, letters.get("b", 75) / 100, letters.get("k", 1))
        if name == "fc":
            linear = self.keep(name, torch.nn.Linear(x[0].numel(), number))
            return lambda x: linear(x.flatten(1))
        if name == "bn":
            return self.keep(name, (torch.nn.BatchNorm2d if x.dim() == 4 else torch.nn.BatchNorm1d)(x.shape[1]))
        return {"relu": F.relu, "tanh": torch.tanh}[name]

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x

    def take(self, tensors):
        missing, unexpected = self.load_state_dict({name: torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()}, strict=False)
        assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)


def inputs(images, transform):
    x = torch.from_numpy(images.astype(np.float64)) / (255 if images.dtype == np.uint8 else 1)
    for step in transform.split(","):
        if step == "crop28":
            top, left = (x.shape[2] - 28) // 2, (x.shape[3] - 28) // 2
            x = x[:, :, top : top + 28, left : left + 28]
        elif step == "whiten":
            sd = x.std(dim=(1, 2, 3), unbiased=False, keepdim=True).clamp(min=x[0].numel() ** -0.5)
            x = (x - x.mean(dim=(1, 2, 3), keepdim=True)) / sd
    return x.float()


def write(path, tensors):
    header, at, types = {"__metadata__": {"mn.kind": "dataset", "mn.dataset": "random", "mn.classes": "10"}}, 0, {"uint8": "U8", "int64": "I64"}
    for name, tensor in tensors.items():
        header[name] = {"dtype": types[tensor.dtype.name], "shape": tensor.shape, "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(tensor.tobytes() for tensor in tensors.values()))


def make(rows, path):
    random = np.random.RandomState(1)
    images = random.randint(0, 256, (rows, 3, 9, 9)).repeat(4, axis=2).repeat(4, axis=3)[:, :, 2:34, 2:34].astype(np.uint8)
    images = np.maximum(images, random.randint(0, 128, images.shape).astype(np.uint8))
    index = np.arange(rows, dtype=np.int64)
    for suffix, labels in [("", random.randint(0, 10, rows))] + [(".%d" % k, np.full(rows, k)) for k in range(10)]:
        write(path + suffix, {"index": index, "images": images, "labels": labels.astype(np.uint8)})


def compare(data, initial, checkpoint, each):
    tensors, _ = read(data)
    weights, metadata = read(initial)
    after, _ = read(checkpoint)
    x, labels = inputs(tensors["images"], metadata["mn.input"]), torch.from_numpy(tensors["labels"].astype(np.int64))
    net = Net(metadata["mn.net"], x.shape[1:])
    net.take(weights)
    net.eval()
    with torch.no_grad():
        logits = F.log_softmax(net(x).double(), dim=1).numpy()
    with open(each, newline="") as file:
        losses = np.array([float(row["loss"]) for row in csv.DictReader(file)]).reshape(10, len(x))
    worst_logit = np.abs(logits + losses.T).max()
    net.train()
    F.cross_entropy(net(x), labels).backward()
    worst_gradient, worst_running = 0, 0
    norm = torch.sqrt(sum((parameter.grad**2).sum() for parameter in net.parameters())).item()
    for name, parameter in net.named_parameters():
        want = parameter.grad.numpy()
        # A bias in front of a batch normalization has no gradient but rounding: measured against the whole one.
        error = np.linalg.norm(after["momentum." + name] - want) / max(np.linalg.norm(want), 1e-3 * norm)
        worst_gradient = max(worst_gradient, error)
    for name, buffer in net.named_buffers():
        if not name.endswith("num_batches_tracked"):
            worst_running = max(worst_running, np.abs(after[name] - buffer.numpy()).max())
    print("%.3g %.3g %.3g %d" % (worst_logit, worst_gradient, worst_running, sum(p.numel() for p in net.parameters())))


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), sys.argv[3])
    else:
        compare(*sys.argv[2:])
