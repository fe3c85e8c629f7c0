# demo: minutes on two cores, on Debian's Fashion-MNIST.
FIG1_DATA    := fashion-mnist
FIG1_DEFAULT := fashion-mnist
FIG1_ROWS    := 2000
FIG1_WIDTHS  := 4 8 16 32 64 128 256 512
FIG1_NOISE   := 0 0.25 0.5 0.75
FIG1_SEEDS   := 1 2 3 4 5
FIG1_EPOCHS  := 60
FIG1_BATCH   := 32
FIG1_LR      := 0.05

FIG2L_DATA    := fashion-mnist
FIG2L_DEFAULT := fashion-mnist
FIG2L_ROWS    := 1000
FIG2L_WIDTHS  := 16 32 64 128 256
FIG2L_NOISE   := 0 0.25 0.5 1
FIG2L_SEEDS   := 1 2 3
FIG2L_EPOCHS  := 500
FIG2L_BATCH   := 32
FIG2L_LR      := 0.05

FIG2R_DATA    := fashion-mnist
FIG2R_DEFAULT := fashion-mnist
FIG2R_ROWS    := 250 500 1000 2000
FIG2R_NET     := mlp64x64
FIG2R_NOISE   := 0 0.25 0.5 1
FIG2R_SEEDS   := 1 2 3
FIG2R_EPOCHS  := 500
FIG2R_BATCH   := 32
FIG2R_LR      := 0.05

FIG3L_DATA    := fashion-mnist
FIG3L_DEFAULT := fashion-mnist
FIG3L_ROWS    := 1000
FIG3L_NET     := mlp64x64
FIG3L_NOISE   := 0 0.25 0.5 0.75 1
FIG3L_SEEDS   := 1 2 3 4 5
FIG3L_EPOCHS  := 300
FIG3L_BATCH   := 32
FIG3L_LR      := 0.05
FIG3L_LOSS    := 0.05

FIG3R_DATA          := fashion-mnist
FIG3R_DEFAULT       := fashion-mnist
FIG3R_ROWS          := 500
FIG3R_VALIDATION    := 1000
FIG3R_NET           := conv8x16
FIG3R_INPUT         := whiten
FIG3R_DROPOUT       := 0.5 0.8 0.3 0.9
FIG3R_INPUT_DROPOUT := 0.5 0.8 0.3 0.9
FIG3R_NOISE         := 1 2 0.5 5
FIG3R_DECAY         := 0.01 0.03 0.003 0.1
FIG3R_SEEDS         := 1 2
FIG3R_EPOCHS        := 40
FIG3R_BATCH         := 32
FIG3R_LR            := 0.01
FIG3R_HALVE         := 20
FIG3R_MOMENTUM      := 0.9

CURVES_DATA    := fashion-mnist
CURVES_DEFAULT := fashion-mnist
CURVES_ROWS    := 1000
CURVES_NET     := mlp64x64
CURVES_NOISE   := 0.5
CURVES_SEEDS   := 1 2 3
CURVES_EPOCHS  := 120
CURVES_BATCH   := 32
CURVES_LR      := 0.05
