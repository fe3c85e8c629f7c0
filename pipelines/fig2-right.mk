# Figure 2, right: epochs until every training row is right against the number of rows, for fractions of noise in inputs and in labels;
# as they are, and divided by the smallest set's.

FIG2R_DATA := $(or $(DATA),$(FIG2R_DATA))

# $(call fig2r_run,KEY,NOISE,ROWS,SEED)
fig2r_run = $(FIG2R_DATA)_nr$3_$1$2_ds$4_nt$(FIG2R_NET)_ep$(FIG2R_EPOCHS)_bs$(FIG2R_BATCH)_lr$(FIG2R_LR)_un1_sd$4
FIG2R_RUNS := $(foreach s,$(or $(SEEDS),$(FIG2R_SEEDS)),$(foreach n,$(FIG2R_ROWS),$(foreach p,$(FIG2R_NOISE),\
  $(call fig2r_run,in,$p,$n,$s) $(if $(filter-out 0,$p),$(call fig2r_run,la,$p,$n,$s)))))

NAME_fig2-right := fig2-right$(if $(filter-out $(FIG2R_DEFAULT),$(FIG2R_DATA)),-$(FIG2R_DATA))
RUNS_fig2-right := $(FIG2R_RUNS:%=$(R)/time/%.csv)
STEPS_fig2-right := $(FIG2R_RUNS:%=$(R)/until/%.st)

$(P)/$(NAME_fig2-right).csv: $(P)/.$(NAME_fig2-right).done
	@$(BIN)/mn-summarize --censored --by dataset,width,input_noise,label_noise,train_size --relative-to train_size=min --files-from $< -o $@

$(P)/$(NAME_fig2-right)-claims.csv: $(P)/.$(NAME_fig2-right).done
	@$(BIN)/mn-summarize --claims fig2-right --files-from $< -o $@

$(P)/$(NAME_fig2-right).svg: $(P)/$(NAME_fig2-right).csv $(PIPELINES)fig2.gp $(PIPELINES)style.gp
	$(call plot,fig2,places='$(FIG2R_ROWS)'; levels='$(FIG2R_NOISE)'; limit=$(FIG2R_EPOCHS); along='train_size'; data='$(FIG2R_DATA)'; other='$(call net,$(FIG2R_NET))')
