# Figure 3, right: what regularizers take from the learning of random labels, and what from that of real ones: a curve a regularizer, a
# point a value. Across: the final accuracy on random training labels; up: the validation accuracy after training on real ones.

FIG3R_DATA := $(or $(DATA),$(FIG3R_DATA))

# $(call fig3r_run,LABELS,VALUE,SEED), LABELS as in la1, VALUE as in dr0.5 (none: no regularizer). Real labels are validated as they go.
fig3r_run = $(FIG3R_DATA)_nr$(FIG3R_ROWS)_$1_ds$3$(if $(filter la0,$1),$(addprefix _nv,$(FIG3R_VALIDATION)))_nt$(FIG3R_NET)$(addprefix \
  _ip,$(FIG3R_INPUT))_ep$(FIG3R_EPOCHS)_bs$(FIG3R_BATCH)_lr$(FIG3R_LR)_lh$(FIG3R_HALVE)_mo$(FIG3R_MOMENTUM)$(addprefix _,$2)_sd$3
fig3r_pair = $(R)/fit/$(call fig3r_run,la1,$1,$2).csv $(R)/best/$(call fig3r_run,la0,$1,$2).csv

# The order in which runs are made: of each seed the pair without a regularizer, then each regularizer's first value, second value, ... What an
# interrupted sweep has made shows all curves.
FIG3R_PLACES := 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
FIG3R_VALUES := $(foreach i,$(FIG3R_PLACES),$(addprefix dr,$(word $i,$(FIG3R_DROPOUT))) $(addprefix wd,$(word $i,$(FIG3R_DECAY))) \
  $(addprefix id,$(word $i,$(FIG3R_INPUT_DROPOUT))) $(addprefix gn,$(word $i,$(FIG3R_NOISE))))

NAME_fig3-right := fig3-right$(if $(filter-out $(FIG3R_DEFAULT),$(FIG3R_DATA)),-$(FIG3R_DATA))
RUNS_fig3-right := $(foreach s,$(or $(SEEDS),$(FIG3R_SEEDS)),$(call fig3r_pair,,$s) $(foreach v,$(FIG3R_VALUES),$(call fig3r_pair,$v,$s)))
STEPS_fig3-right := $(patsubst $(R)/fit/%.csv,$(R)/model/%.st,$(RUNS_fig3-right:$(R)/best/%.csv=$(R)/best/%.st))

$(P)/$(NAME_fig3-right).csv: $(P)/.$(NAME_fig3-right).done
	@$(BIN)/mn-summarize --regularizers dropout,input_dropout,gaussian_noise,weight_decay --by dataset,train_size --files-from $< -o $@

$(P)/$(NAME_fig3-right)-claims.csv: $(P)/.$(NAME_fig3-right).done
	@$(BIN)/mn-summarize --claims fig3-right --files-from $< -o $@

$(P)/$(NAME_fig3-right).svg: $(P)/$(NAME_fig3-right).csv $(PIPELINES)fig3-right.gp $(PIPELINES)style.gp
	$(call plot,fig3-right,data='$(FIG3R_DATA)'; rows='$(FIG3R_ROWS)'; net='$(call net,$(FIG3R_NET))'; epochs='$(FIG3R_EPOCHS)')
