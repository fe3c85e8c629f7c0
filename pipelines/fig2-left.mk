# Figure 2, left: epochs until every training row is right against the width, for fractions of noise in inputs and in labels; as they are,
# and divided by the widest net's.

FIG2L_DATA := $(or $(DATA),$(FIG2L_DATA))

# $(call fig2l_run,KEY,NOISE,WIDTH,SEED)
fig2l_run = $(FIG2L_DATA)_nr$(FIG2L_ROWS)_$1$2_ds$4_ntmlp$3x$3_ep$(FIG2L_EPOCHS)_bs$(FIG2L_BATCH)_lr$(FIG2L_LR)_un1_sd$4
# Without noise both kinds are the same run.
FIG2L_RUNS := $(foreach s,$(or $(SEEDS),$(FIG2L_SEEDS)),$(foreach w,$(FIG2L_WIDTHS),$(foreach p,$(FIG2L_NOISE),\
  $(call fig2l_run,in,$p,$w,$s) $(if $(filter-out 0,$p),$(call fig2l_run,la,$p,$w,$s)))))

NAME_fig2-left := fig2-left$(if $(filter-out $(FIG2L_DEFAULT),$(FIG2L_DATA)),-$(FIG2L_DATA))
RUNS_fig2-left := $(FIG2L_RUNS:%=$(R)/time/%.csv)
STEPS_fig2-left := $(FIG2L_RUNS:%=$(R)/until/%.st)

$(P)/$(NAME_fig2-left).csv: $(P)/.$(NAME_fig2-left).done
	@$(BIN)/mn-summarize --censored --by dataset,train_size,input_noise,label_noise,width --relative-to width=max --files-from $< -o $@

$(P)/$(NAME_fig2-left)-claims.csv: $(P)/.$(NAME_fig2-left).done
	@$(BIN)/mn-summarize --claims fig2-left --files-from $< -o $@

$(P)/$(NAME_fig2-left).svg: $(P)/$(NAME_fig2-left).csv $(PIPELINES)fig2.gp $(PIPELINES)style.gp
	$(call plot,fig2,places='$(FIG2L_WIDTHS)'; levels='$(FIG2L_NOISE)'; limit=$(FIG2L_EPOCHS); along='width'; data='$(FIG2L_DATA)'; other='$(FIG2L_ROWS) rows')
