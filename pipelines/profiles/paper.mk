# paper: the paper's own grid as far as it is known; for a cluster.
FIG1_DATA    := mnist
FIG1_DEFAULT := mnist
FIG1_ROWS    := 50000
FIG1_WIDTHS  := 16 32 64 128 256 512 1024 2048 4096 8192
FIG1_NOISE   := 0 0.2 0.4 0.6 0.8
FIG1_SEEDS   := 1 2 3 4 5
FIG1_EPOCHS  := 1000
FIG1_BATCH   := 32
FIG1_LR      := 0.01

FIG3L_DATA    := mnist
FIG3L_DEFAULT := mnist
FIG3L_ROWS    := 50000
FIG3L_NET     := mlp4096x4096
FIG3L_NOISE   := 0 0.2 0.4 0.6 0.8 1
FIG3L_SEEDS   := 1 2 3 4 5
FIG3L_EPOCHS  := 1000
FIG3L_BATCH   := 32
FIG3L_LR      := 0.01
FIG3L_LOSS    := 0.01
