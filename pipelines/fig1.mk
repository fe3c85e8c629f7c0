# Figure 1: validation accuracy against capacity, one curve a noise level.

FIG1_DATA := $(or $(DATA),$(FIG1_DATA))
FIG1_KEY  := $(if $(filter labels,$(NOISE)),la,in)
FIG1_COLUMN := $(if $(filter labels,$(NOISE)),label_noise,input_noise)

NAME_fig1 := fig1$(if $(filter-out $(FIG1_DEFAULT),$(FIG1_DATA)),-$(FIG1_DATA))$(if $(filter labels,$(NOISE)),-labels)
RUNS_fig1 := $(foreach s,$(or $(SEEDS),$(FIG1_SEEDS)),$(foreach w,$(FIG1_WIDTHS),$(foreach p,$(FIG1_NOISE),\
  $(R)/eval/$(FIG1_DATA)_nr$(FIG1_ROWS)_$(FIG1_KEY)$(p)_ds$(s)_ntmlp$(w)x$(w)_ep$(FIG1_EPOCHS)_bs$(FIG1_BATCH)_lr$(FIG1_LR)_sd$(s).csv)))
STEPS_fig1 := $(RUNS_fig1:$(R)/eval/%.csv=$(R)/model/%.st)

$(P)/$(NAME_fig1).csv: $(P)/.$(NAME_fig1).done
	@$(BIN)/mn-summarize --by dataset,train_size,$(FIG1_COLUMN),width,status --value accuracy,loss --files-from $< -o $@

$(P)/$(NAME_fig1)-claims.csv: $(P)/.$(NAME_fig1).done
	@$(BIN)/mn-summarize --claims fig1 --files-from $< -o $@

$(P)/$(NAME_fig1).svg: $(P)/$(NAME_fig1).csv $(PIPELINES)fig1.gp $(PIPELINES)style.gp
	$(call plot,fig1,noise='$(FIG1_COLUMN)'; levels='$(FIG1_NOISE)'; data='$(FIG1_DATA)'; rows='$(FIG1_ROWS)')
