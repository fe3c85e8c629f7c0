# Figure 3, left: the largest eigenvalue of the training loss's Hessian against the noise level, for noise in inputs and in
# labels; at the end of training and at matched loss (the paper lacks that control: cross-entropy's curvature falls with
# the loss); over all rows, and over clean and noisy rows apart.

FIG3L_DATA := $(or $(DATA),$(FIG3L_DATA))

# $(call fig3l_run,KEY,NOISE,SEED)
fig3l_run = $(FIG3L_DATA)_nr$(FIG3L_ROWS)_$1$2_ds$3_nt$(FIG3L_NET)_ep$(FIG3L_EPOCHS)_bs$(FIG3L_BATCH)_lr$(FIG3L_LR)_sl$(FIG3L_LOSS)_sd$3
# Without noise both kinds are the same run.
FIG3L_RUNS := $(foreach s,$(or $(SEEDS),$(FIG3L_SEEDS)),$(foreach p,$(FIG3L_NOISE),\
  $(call fig3l_run,in,$p,$s) $(if $(filter-out 0,$p),$(call fig3l_run,la,$p,$s))))

NAME_fig3-left := fig3-left$(if $(filter-out $(FIG3L_DEFAULT),$(FIG3L_DATA)),-$(FIG3L_DATA))
RUNS_fig3-left := $(foreach r,$(FIG3L_RUNS),$(foreach rows,all clean noisy,$(R)/hessian-$(rows)/$(r).csv))
STEPS_fig3-left := $(FIG3L_RUNS:%=$(R)/end/%.st)

$(P)/$(NAME_fig3-left).csv: $(P)/.$(NAME_fig3-left).done $(PIPELINES)fig3-left.mk
	@$(BIN)/mn-summarize --by dataset,train_size,input_noise,label_noise,rows,condition,status,converged \
	  --value value,residual,loss,weight_norm --stat n,median,min,max --where statistic=eigenvalue --files-from $< -o $@

$(P)/$(NAME_fig3-left)-claims.csv: $(P)/.$(NAME_fig3-left).done
	@$(BIN)/mn-summarize --claims fig3-left --files-from $< -o $@

$(P)/$(NAME_fig3-left).svg: $(P)/$(NAME_fig3-left).csv $(PIPELINES)fig3-left.gp $(PIPELINES)style.gp
	$(call plot,fig3-left,data='$(FIG3L_DATA)'; rows='$(FIG3L_ROWS)'; net='$(call net,$(FIG3L_NET))'; matched='$(FIG3L_LOSS)')
