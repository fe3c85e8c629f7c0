"""summarize.py - a large table as mn-train --log writes it, and its summary by another hand."""
import random
import statistics

COLUMNS = ("dataset,train_size,label_noise,label_kind,input_noise,input_kind,moments,data_seed,net,width,parameters,input,init,batch,lr,"
           "lr_halve_every,momentum,weight_decay,dropout,input_dropout,gaussian_noise,seed,epoch,train_loss,train_accuracy,clean_accuracy,"
           "noisy_accuracy,noisy_true_accuracy,validation_loss,validation_accuracy")
WIDTHS, NOISES, SEEDS = (16, 64, 256, 1024, 4096), ("0", "0.2", "0.4", "0.8"), 5


def write(path, rows):
    """A log of `rows` rows: every width, noise and seed for as many epochs as that takes. Returns {(width, noise): [validation accuracy]}."""
    draw, groups = random.Random(1), {}
    runs = [(width, noise, seed) for width in WIDTHS for noise in NOISES for seed in range(SEEDS)]
    with open(path, "w") as file:
        file.write(COLUMNS + "\n")
        for i in range(rows):
            width, noise, seed = runs[i % len(runs)]
            loss, train, valid = ("%.9g" % draw.random() for _ in range(3))
            groups.setdefault((str(width), noise), []).append(float(valid))
            file.write("fashion-mnist,50000,0,,%s,gaussian,global,%d,\"mlp:%d,%d\",%d,%d,unit,glorot,128,0.01,0,0,0,0,0,0,%d,%d,%s,%s,%s,%s,,%s,%s\n"
                       % (noise, seed, width, width, width, width * (width + 796) + 10, seed, i // len(runs) + 1, loss, train, train, train,
                          loss, valid))
    return groups


def wrong(text, groups):
    """The largest difference between mn-summarize's n, mean and median and the statistics module's; infinite where a group is missing."""
    header, *lines = [line.split(",") for line in text.splitlines()]
    at = {name: i for i, name in enumerate(header)}
    worst = 0.0 if len(lines) == len(groups) else float("inf")
    for line in lines:
        values = groups[line[at["width"]], line[at["input_noise"]]]
        worst = max(worst, abs(float(line[at["validation_accuracy_n"]]) - len(values)),
                    abs(float(line[at["validation_accuracy_mean"]]) - statistics.fmean(values)),
                    abs(float(line[at["validation_accuracy_median"]]) - statistics.median(values)))
    return worst
