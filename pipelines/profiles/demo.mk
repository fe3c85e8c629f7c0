# demo: minutes on two cores, on Debian's Fashion-MNIST.
FIG1_DATA    := fashion-mnist
FIG1_DEFAULT := fashion-mnist
FIG1_ROWS    := 2000
FIG1_WIDTHS  := 4 8 16 32 64 128 256
FIG1_NOISE   := 0 0.25 0.5 0.75
FIG1_SEEDS   := 1 2 3 4 5
FIG1_EPOCHS  := 60
FIG1_BATCH   := 32
FIG1_LR      := 0.05
