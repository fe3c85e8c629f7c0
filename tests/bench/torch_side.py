"""torch_side.py - the PyTorch sides' part of the protocol of bench.h, and the streams' tensors."""
import ctypes
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "reference"))
sys.dont_write_bytecode = True

import torch
from forward_numpy import read, transform


def kernel():
    """The kernel that the OpenBLAS in this process chose."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            if "libblas" in line or "libopenblas" in line:
                library = ctypes.CDLL(line.split()[-1])
                if hasattr(library, "openblas_get_corename"):
                    library.openblas_get_corename.restype = ctypes.c_char_p
                    return library.openblas_get_corename().decode()
    return "unknown"


def tensors(path):
    """{name: torch tensor} of a safetensors stream."""
    return {name: torch.from_numpy(array.copy()) for name, array in read(path)[0].items()}


def rows(data, model):
    """The rows of a data set as a model's network takes them, and their labels."""
    tensors_, _ = read(data)
    weights, metadata = read(model)
    images = tensors_["images"]
    x = torch.from_numpy(transform(images, metadata).astype("float32"))
    if "conv1.weight" in weights:
        side = int((x.shape[1] // images.shape[1]) ** 0.5)
        x = x.reshape(len(x), images.shape[1], side, side)
    return x, torch.from_numpy(tensors_["labels"].astype("int64"))


def apart(start, after, model):
    """How far the model is from `after`, relative to how far that is from `start`."""
    error = sum((after[name] - value).double().square().sum() for name, value in model.items())
    way = sum((after[name] - start[name]).double().square().sum() for name in model)
    return float((error / way).sqrt())


def serve(words, **facts):
    torch.zeros(4, 4) @ torch.zeros(4, 4)
    print("ready", "kernel=" + kernel(), *("%s=%s" % fact for fact in facts.items()), flush=True)
    for line in sys.stdin:
        word, count = line.split()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(int(count)):
            words[word]()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print("%.9f %.9f" % (wall, cpu), flush=True)
