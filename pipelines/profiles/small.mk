# small: a night on a laptop.
FIG1_DATA    := mnist
FIG1_DEFAULT := mnist
FIG1_ROWS    := 10000
FIG1_WIDTHS  := 8 16 32 64 128 256 512 1024
FIG1_NOISE   := 0 0.2 0.4 0.6 0.8
FIG1_SEEDS   := 1 2 3 4 5
FIG1_EPOCHS  := 100
FIG1_BATCH   := 32
FIG1_LR      := 0.01
