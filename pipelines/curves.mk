# Learning curves: accuracy by epoch on clean rows, on noisy rows against the given and against the true label, and on validation rows; for
# noise in labels and in inputs. Patterns come first, memorizing later.

CURVES_DATA := $(or $(DATA),$(CURVES_DATA))

# $(call curves_run,KEY,SEED)
curves_run = $(CURVES_DATA)_nr$(CURVES_ROWS)_$1$(CURVES_NOISE)_ds$2_nt$(CURVES_NET)_ep$(CURVES_EPOCHS)_bs$(CURVES_BATCH)_lr$(CURVES_LR)_sd$2
CURVES_RUNS := $(foreach s,$(or $(SEEDS),$(CURVES_SEEDS)),$(call curves_run,la,$s) $(call curves_run,in,$s))

NAME_curves := curves$(if $(filter-out $(CURVES_DEFAULT),$(CURVES_DATA)),-$(CURVES_DATA))
RUNS_curves := $(CURVES_RUNS:%=$(R)/curve/%.csv)
STEPS_curves := $(CURVES_RUNS:%=$(R)/curve/%.st)

$(P)/$(NAME_curves).csv: $(P)/.$(NAME_curves).done $(PIPELINES)curves.mk
	@$(BIN)/mn-summarize --by dataset,train_size,input_noise,label_noise,epoch \
	  --value train_loss,clean_accuracy,noisy_accuracy,noisy_true_accuracy,validation_accuracy --stat n,nonfinite,mean,min,max --files-from $< -o $@

$(P)/$(NAME_curves)-claims.csv: $(P)/.$(NAME_curves).done
	@$(BIN)/mn-summarize --claims curves --files-from $< -o $@

$(P)/$(NAME_curves).svg: $(P)/$(NAME_curves).csv $(PIPELINES)curves.gp $(PIPELINES)style.gp
	$(call plot,curves,data='$(CURVES_DATA)'; rows='$(CURVES_ROWS)'; net='$(call net,$(CURVES_NET))'; level='$(CURVES_NOISE)'; epochs=$(CURVES_EPOCHS))
