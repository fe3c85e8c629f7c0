#!/usr/bin/env python3
"""safetensors_numpy.py STREAM... - an independent reader of data sets and models, by mn-dataset(5) and mn-model(5) alone.

Checks everything that those pages promise of a stream that the programs write, and prints a line for each tensor: name, dtype,
shape, CRC-32. Other references import read(), which takes any sound safetensors file.
"""
import gzip
import json
import struct
import sys
import zlib

import numpy as np

TYPES = {"BOOL": np.dtype("?"), "U8": np.dtype("u1"), "I64": np.dtype("<i8"), "F32": np.dtype("<f4"), "F64": np.dtype("<f8")}


class Unsound(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Unsound(what)


def unique(pairs):
    demand(len({key for key, _ in pairs}) == len(pairs), "a name stands twice in an object")
    return dict(pairs)


def split(path):
    """The header's text and the bytes of all tensors."""
    with open(path, "rb") as file:
        raw = file.read()
    if raw[:3] == b"\x1f\x8b\x08":
        raw = gzip.decompress(raw)
    demand(len(raw) >= 8, "too short for a header's length")
    (length,) = struct.unpack("<Q", raw[:8])
    demand(8 + length <= len(raw), "the header is cut")
    return raw[8 : 8 + length], raw[8 + length :]


def parse(text, payload):
    """Entries (name, dtype, shape, begin, end) in the header's order, and the metadata."""
    demand(text[:1] == b"{", "the header does not begin with {")
    header = json.loads(text, object_pairs_hook=unique)
    metadata = header.pop("__metadata__", {})
    demand(all(isinstance(value, str) for value in metadata.values()), "a metadata value is not a string")
    entries = []
    for name, entry in header.items():
        demand(set(entry) == {"dtype", "shape", "data_offsets"}, name + ": not dtype, shape and data_offsets")
        demand(entry["dtype"] in TYPES, name + ": unknown dtype")
        begin, end = entry["data_offsets"]
        size = TYPES[entry["dtype"]].itemsize
        for dimension in entry["shape"]:
            size *= dimension
        demand(end - begin == size, name + ": offsets do not fit the shape")
        entries.append((name, entry["dtype"], tuple(entry["shape"]), begin, end))
    at = 0
    for name, _, _, begin, end in sorted(entries, key=lambda entry: entry[3:5]):
        demand(begin == at, name + ": a hole or an overlap before it")
        at = end
    demand(at == len(payload), "the tensors end at %d, the stream at %d" % (at, len(payload)))
    return entries, metadata


def read(path):
    """Tensors and metadata, both by name."""
    text, payload = split(path)
    entries, metadata = parse(text, payload)
    return {name: np.frombuffer(payload[begin:end], TYPES[dtype]).reshape(shape) for name, dtype, shape, begin, end in entries}, metadata


def check_written(text, payload, entries, metadata):
    """What mn-dataset(5) promises beyond safetensors."""
    demand(len(text) % 8 == 0 and len(text) - len(text.rstrip(b" ")) < 8, "the header is not padded to a multiple of 8")
    demand(text.startswith(b'{"__metadata__":{"'), "the metadata do not come first")
    demand(list(metadata) == sorted(metadata), "the metadata's keys are not sorted")
    order = sorted(entries, key=lambda entry: (-TYPES[entry[1]].itemsize, entry[0].encode()))
    demand(order == entries and order == sorted(entries, key=lambda entry: entry[3:5]), "the tensors' order")
    demand(all(begin % TYPES[dtype].itemsize == 0 for _, dtype, _, begin, _ in entries), "a tensor is not aligned")
    demand(metadata["mn.format"] == "1", "mn.format")
    crcs = json.loads(metadata["mn.crc32"], object_pairs_hook=unique)
    demand(crcs == {name: zlib.crc32(payload[begin:end]) for name, _, _, begin, end in entries}, "mn.crc32")
    for step in json.loads(metadata.get("mn.history", "[]"), object_pairs_hook=unique):
        demand({"program", "version", "command", "seed", "inputs"} <= set(step) <= {"program", "version", "command", "seed", "inputs", "blas"},
               "a step of mn.history")
    return crcs


def check_dataset(tensors, metadata):
    images, labels = tensors["images"], tensors["labels"]
    rows, classes = len(images), int(metadata["mn.classes"])
    demand(images.ndim == 4 and images.size > 0 and images.dtype in (np.uint8, np.float32), "images")
    demand(np.isfinite(images).all(), "a pixel is not finite")
    for name, dtype in (("labels", np.uint8), ("true_labels", np.uint8), ("index", np.int64), ("label_noise", np.bool_), ("input_noise", np.bool_)):
        demand(name in tensors or name not in ("labels", "index"), name + " is missing")
        demand(name not in tensors or (tensors[name].dtype == dtype and tensors[name].shape == (rows,)), name)
    demand(labels.max() < classes and tensors.get("true_labels", labels).max() < classes, "a label is not below mn.classes")
    masks = [tensors[name].view(np.uint8) for name in ("label_noise", "input_noise") if name in tensors]
    demand(all(mask.max() <= 1 for mask in masks), "a mask is not 0 or 1")


def check_model(tensors, metadata):
    weights = {name: tensor for name, tensor in tensors.items() if not name.startswith("momentum.")}
    demand(all(tensor.dtype == np.float32 for tensor in weights.values()), "a model's tensor is not F32")
    parameters = sum(tensor.size for name, tensor in weights.items() if name.endswith((".weight", ".bias")))
    demand(parameters == int(metadata["mn.parameters"]), "mn.parameters")
    for key in ("net", "input", "init", "classes", "image_channels", "image_height", "image_width", "epoch", "status"):
        demand("mn." + key in metadata, "mn.%s is missing" % key)


def main():
    for path in sys.argv[1:]:
        try:
            text, payload = split(path)
            entries, metadata = parse(text, payload)
            crcs = check_written(text, payload, entries, metadata)
            {"dataset": check_dataset, "model": check_model}[metadata["mn.kind"]](*read(path))
        except (Unsound, KeyError, ValueError, OSError, EOFError) as trouble:
            sys.exit("%s: %s: %s" % (path, type(trouble).__name__, trouble))
        for name, dtype, shape, _, _ in entries:
            print(name, dtype, "x".join(map(str, shape)), "%08x" % crcs[name])


if __name__ == "__main__":
    main()
