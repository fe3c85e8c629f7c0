#!/usr/bin/env python3
"""An independent Hessian, in double precision, of the mean cross-entropy of a network of fully connected layers.

hessian_numpy.py power DATA MODEL            largest magnitude by power iteration: value and residual
hessian_numpy.py vectors DATA MODEL VECTORS  the largest ||Hv - value v|| / max |value| of what mn-hessian --vectors wrote, and how far
                                             the vectors are from orthonormal
hessian_numpy.py moments DATA                largest eigenvalue of (1/N) sum x x' (x with a 1 for the bias), divided by the classes: that of
                                             softmax regression at W = 0
hessian_numpy.py zero DATA MODEL             writes softmax regression at W = 0

Shares no line with the programs that it checks: it reads safetensors by safetensors_numpy.py and writes them itself, and its products are its own.
"""
import json
import struct
import sys

import numpy as np

sys.dont_write_bytecode = True
from safetensors_numpy import read  # noqa: E402


def inputs(data):
    x = data["images"]
    x = x / 255.0 if x.dtype == np.uint8 else x.astype(np.float64)
    return x.reshape(len(x), -1)


class Network:
    def __init__(self, data, model, metadata):
        net, classes = metadata["mn.net"], int(metadata["mn.classes"])
        if net.startswith("mlp:"):
            self.words = [w for size in net[4:].split(",") for w in ("fc" + size, "relu")] + ["fc%d" % classes]
        else:
            self.words = net.replace(" ", "/").split("/")
        self.layers = [w for w in self.words if w.startswith("fc")]
        self.w = [model["fc%d.weight" % (i + 1)].astype(float) for i in range(len(self.layers))]
        self.b = [model["fc%d.bias" % (i + 1)].astype(float) for i in range(len(self.layers))]
        self.x, self.label = inputs(data), data["labels"]
        self.forward()

    def forward(self):
        """Activations before each fc, slopes of the functions between, probabilities, and the deltas of each fc's output."""
        h, self.h, self.act, number = self.x, [], [], 0
        for word in self.words:
            if word == "relu":
                self.act[-1] = ("relu", h > 0)
                h = np.maximum(h, 0)
            elif word == "tanh":
                h = np.tanh(h)
                self.act[-1] = ("tanh", h)
            else:
                self.h.append(h)
                self.act.append(None)
                h = h @ self.w[number].T + self.b[number]
                number += 1
        e = np.exp(h - h.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        d = self.p.copy()
        d[np.arange(len(d)), self.label] -= 1
        d /= len(d)
        self.d = [d]
        for i in range(len(self.w) - 1, 0, -1):
            d = self.slope(i - 1) * (d @ self.w[i])
            self.d.insert(0, d)

    def slope(self, i):
        kind, y = self.act[i] if self.act[i] else (None, None)
        return 1.0 if kind is None else y if kind == "relu" else 1 - y * y

    def times(self, v):
        """H v; v is a list of (weight, bias) pairs, so is the result."""
        last, rh, r = len(self.w) - 1, None, []
        for i, (vw, vb) in enumerate(v):
            r.append(rh)
            rz = self.h[i] @ vw.T + vb + (0 if rh is None else rh @ self.w[i].T)
            rh = self.slope(i) * rz
        rd = self.p * (rz - (self.p * rz).sum(axis=1, keepdims=True)) / len(self.x)
        out = [None] * len(v)
        for i in range(last, -1, -1):
            rw = rd.T @ self.h[i] + (0 if r[i] is None else self.d[i].T @ r[i])
            out[i] = (rw, rd.sum(axis=0))
            if i:
                back, rback = self.d[i] @ self.w[i], rd @ self.w[i] + self.d[i] @ v[i][0]
                rd = self.slope(i - 1) * rback
                if self.act[i - 1] and self.act[i - 1][0] == "tanh":
                    rd -= 2 * self.act[i - 1][1] * r[i] * back
        return out


def flat(pairs):
    return np.concatenate([np.concatenate([w.ravel(), b]) for w, b in pairs])


def pairs(vector, network):
    out, at = [], 0
    for w, b in zip(network.w, network.b):
        out.append((vector[at : at + w.size].reshape(w.shape), vector[at + w.size : at + w.size + b.size]))
        at += w.size + b.size
    return out


def power(network):
    v = np.random.default_rng(1).standard_normal(sum(w.size + b.size for w, b in zip(network.w, network.b)))
    v /= np.linalg.norm(v)
    for _ in range(2000):
        hv = flat(network.times(pairs(v, network)))
        value = v @ hv
        residual = np.linalg.norm(hv - value * v) / abs(value)
        if residual < 1e-5:
            break
        v = hv / np.linalg.norm(hv)
    print(repr(float(value)), repr(float(residual)))


def vectors(network, stream):
    values = stream["values"]
    columns = []
    for k in range(len(values)):
        columns.append(flat([(stream["fc%d.weight" % (i + 1)][k].astype(float), stream["fc%d.bias" % (i + 1)][k].astype(float))
                             for i in range(len(network.w))]))
    worst = max(np.linalg.norm(flat(network.times(pairs(v, network))) - value * v) for v, value in zip(columns, values))
    gram = np.array(columns) @ np.array(columns).T
    print(repr(float(worst / abs(values).max())), repr(float(abs(gram - np.eye(len(values))).max())))


def moments(data):
    x = np.hstack([inputs(data), np.ones((len(data["images"]), 1))])
    print(repr(float(np.linalg.eigvalsh(x.T @ x / len(x))[-1] / 10)))


def zero(data, path):
    channels, height, width = data["images"].shape[1:]
    tensors = {"fc1.bias": np.zeros(10, np.float32), "fc1.weight": np.zeros((10, channels * height * width), np.float32)}
    header, offset = {"__metadata__": {"mn.kind": "model", "mn.net": "fc10", "mn.classes": "10", "mn.image_channels": str(channels),
                                       "mn.image_height": str(height), "mn.image_width": str(width)}}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(t.tobytes() for t in tensors.values()))


def main():
    mode, data = sys.argv[1], read(sys.argv[2])[0]
    if mode == "moments":
        moments(data)
    elif mode == "zero":
        zero(data, sys.argv[3])
    elif mode == "power":
        power(Network(data, *read(sys.argv[3])))
    else:
        vectors(Network(data, *read(sys.argv[3])), read(sys.argv[4])[0])


main()
