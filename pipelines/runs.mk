# runs.mk - one pattern rule a stage; a file's name is its parameters, in keys of two letters:
#
#     raw/fashion-mnist_nr2000.st                                  the first 2000 rows; _va: the 10,000 validation rows
#     data/fashion-mnist_nr2000_in0.4_ds1.st                       inputs (la: labels) of 0.4 replaced, seed 1
#     model/fashion-mnist_nr2000_in0.4_ds1_ntmlp64x64_ep60_bs32_lr0.05_sd1.st
#     eval/...csv                                                  the same, on the validation rows
#     fit/...csv                                                   the same, on the training rows
#     best/..._nv1000_...st, .csv                                  a run and its log, validated on 1000 rows after each epoch (no nv: 10,000)
#     until/..._un1_...st, until/....log, time/...csv              a run that stops at training accuracy 1, its epochs, when that was
#     job/STAGE/....log, checkpoint/STAGE/....st                   each run's command, messages and end; what an unfinished one goes on from
#
# Any file can be asked for by name, also off a figure's grid.

# The value of a key in a name; the name's first word is the data set.
get  = $(patsubst $1%,%,$(filter $1%,$(wordlist 2,99,$(subst _, ,$2))))
name = $(firstword $(subst _, ,$1))
joined = $(subst $(space),_,$(strip $1))
space := $() $()

# The part of a run's name that names its training data, and its raw rows.
data_of = $(call joined,$(call name,$1) $(filter nr% in% la% ds%,$(wordlist 2,99,$(subst _, ,$1))))
raw_of  = $(call name,$1)_nr$(call get,nr,$1)

# The network of a key: ntmlp64x64 is mlp:64,64; other keys are variables NET_key.
comma := ,
net = $(if $(filter mlp%,$1),mlp:$(subst x,$(comma),$(patsubst mlp%,%,$1)),$(NET_$1))
NET_conv8x16   := conv8k5/relu/pool3s2/lrn/conv16k5/relu/pool3s2/lrn/fc64/relu/fc10
NET_alexnet    := alexnet
NET_alexnet-bn := alexnet-bn
# An option where the key is there.
option = $(if $(call get,$1,$3),--$2 $(call get,$1,$3))

TRAIN_OPTIONS = --net $(call net,$(call get,nt,$1)) $(call option,ip,input,$1) --epochs $(call get,ep,$1) --batch $(call get,bs,$1) --lr $(call get,lr,$1) \
  $(call option,lh,lr-halve-every,$1) $(call option,mo,momentum,$1) $(call option,wd,weight-decay,$1) $(call option,dr,dropout,$1) \
  $(call option,id,input-dropout,$1) $(call option,gn,gaussian-noise,$1) $(call option,un,until-accuracy,$1) --seed $(call get,sd,$1)

CORRUPT_OPTIONS = $(call option,in,inputs,$1) $(call option,la,labels,$1) --seed $(call get,ds,$1)

# Of the MNIST-like sets' 60,000 training rows the last 10,000 validate; CIFAR-10's test file does. Fewer are the first of them.
VALIDATION_cifar10 := test 0
validation = $(call validation_of,$(or $(VALIDATION_$(call name,$1)),train 50000),$(or $(call get,nv,$1),10000))
validation_of = --split $(word 1,$1) --range $(word 2,$1):$$(($(word 2,$1) + $2))
validation_name = $(call name,$1)$(addprefix _nv,$(call get,nv,$1))_va

# $(call run,STAGE) COMMAND: the outputs are the rule's target or the files named as a second argument. $(call launch,...) for what takes long:
# one command, no argument with a character that a shell would take for itself, so that LAUNCH may be srun or ssh; pipelines/run logs it.
run_by = @$(strip $1 $(PIPELINES)run -C $(CURDIR) -l $(R)/job/$2/$*.log $4 $(addprefix -o ,$(or $3,$@)) $(addprefix -i ,$^) --)
run    = $(call run_by,,$1,$2)
launch = $(call run_by,$(LAUNCH),$1,$2)
# A training: every minute all that it needs to go on is saved, until it is at its end.
checkpoint = $(R)/checkpoint/$1/$*.st
train = $(call run_by,$(LAUNCH),$1,$2,-k $(checkpoint)) $(BIN)/mn-train -q --keep-diverged $(call TRAIN_OPTIONS,$*) \
  --checkpoint $(checkpoint) --checkpoint-every $(CHECKPOINT_EVERY)
# The memory that the run may need, for LAUNCH.
MEM_MB = $(shell awk -v stage=$1 -v run=$* -v 'nets=$(NETS)' -f $(PIPELINES)cost.awk -f $(PIPELINES)memory.awk)
NETS = $(foreach v,$(filter NET_%,$(.VARIABLES)),$(v:NET_%=%)=$($v))

define hessian_rule
$(R)/hessian-$1/%.csv: $(R)/end/%.st $(R)/matched/%.st $(R)/data/$$$$(call data_of,$$$$*).st | $(R)/hessian-$1/
	$$(call launch,hessian-$1) $(BIN)/mn-hessian -q --rows $1 --data $$(word 3,$$^) -o $$@ $$(word 1,$$^) $$(word 2,$$^)
.PRECIOUS: $(R)/hessian-$1/%.csv
endef

.PRECIOUS: $(R)/end/%.st $(R)/matched/%.st
.PRECIOUS: $(R)/raw/%_va.st $(R)/raw/%.st $(R)/data/%.st $(R)/model/%.st $(R)/eval/%.csv

$(R)/raw/%_va.st: | $(R)/raw/
	$(call run,raw) $(BIN)/mn-fetch -q $(call validation,$*) -o $@ $(call name,$*)

$(R)/raw/%.st: | $(R)/raw/
	$(call run,raw) $(BIN)/mn-fetch -q --range 0:$(call get,nr,$*) -o $@ $(call name,$*)

$(R)/data/%.st: $(R)/raw/$$(call raw_of,$$*).st | $(R)/data/
	$(call run,data) $(BIN)/mn-corrupt -q $(call CORRUPT_OPTIONS,$*) -o $@ $<

$(R)/model/%.st: $(R)/data/$$(call data_of,$$*).st | $(R)/model/
	$(call train,model) -o $@ $<

# A run with a key un stops at that training accuracy; its log says when that was.
.PRECIOUS: $(R)/until/%.st $(R)/time/%.csv
$(R)/until/%.st: $(R)/data/$$(call data_of,$$*).st | $(R)/until/
	$(call train,until) --evaluate needed --log $(R)/until/$*.log -o $@ $<

$(R)/time/%.csv: $(R)/until/%.st | $(R)/time/
	$(call run,time) $(BIN)/mn-summarize --first 'train_accuracy>=$(call get,un,$*)' -o $@ $(R)/until/$*.log

# A run whose whole log is kept, with the validation rows in it. It is a .log until the run is at its end.
.PRECIOUS: $(R)/curve/%.st $(R)/curve/%.csv
$(R)/curve/%.st: $(R)/data/$$(call data_of,$$*).st $(R)/raw/$$(call name,$$*)_va.st | $(R)/curve/
	$(call train,curve) --validate $(word 2,$^) --log $(R)/curve/$*.log -o $@ $<

$(R)/curve/%.csv: $(R)/curve/%.st
	@ln -f $(R)/curve/$*.log $@; touch $@

# A run that is followed by its validation accuracy alone. Its log is a .csv at its end.
.PRECIOUS: $(R)/best/%.st $(R)/best/%.csv
$(R)/best/%.st: $(R)/data/$$(call data_of,$$*).st $(R)/raw/$$(call validation_name,$$*).st | $(R)/best/
	$(call train,best) --evaluate needed --validate $(word 2,$^) --log $(R)/best/$*.log -o $@ $<

$(R)/best/%.csv: $(R)/best/%.st
	@ln -f $(R)/best/$*.log $@; touch $@

# A run with a key sl (its X) has two models: end/, and matched/, of the first epoch whose loss is below X.
$(R)/end/%.st $(R)/matched/%.st &: $(R)/data/$$(call data_of,$$*).st | $(R)/end/ $(R)/matched/
	$(call train,end,$(R)/end/$*.st $(R)/matched/$*.st) --save-when loss%3C$(call get,sl,$*):$(R)/matched/$*.st -o $(R)/end/$*.st $<

# The Hessian of the training loss at both: of all rows, of the clean ones, of the noisy ones.
$(foreach rows,all clean noisy,$(eval $(call hessian_rule,$(rows))))

$(R)/eval/%.csv: $(R)/model/%.st $(R)/raw/$$(call name,$$*)_va.st | $(R)/eval/
	$(call launch,eval) $(BIN)/mn-eval -q --data $(word 2,$^) -o $@ $<

.PRECIOUS: $(R)/fit/%.csv
$(R)/fit/%.csv: $(R)/model/%.st $(R)/data/$$(call data_of,$$*).st | $(R)/fit/
	$(call launch,fit) $(BIN)/mn-eval -q --data $(word 2,$^) -o $@ $<

# $(call plot,SCRIPT,SETTINGS) writes $@; a curve without points (no run diverged, say) is not worth a warning.
plot = @gnuplot -e "csv='$<'; svg='$@.$$$$'; $2" $(PIPELINES)style.gp $(PIPELINES)$1.gp \
  2> >(grep -v -e 'Skipping data file with no valid points' -e '^$$' >&2); mv $@.$$$$ $@

# A list of files as a file that changes only when the list does: $(call list,FILE,NAMES) is a recipe.
# Another make may do the same at the same time.
list = $(file >$1.$(ME),$(subst $(space),$(newline),$(strip $2)))@if cmp -s $1.$(ME) $1; then rm $1.$(ME); else mv $1.$(ME) $1; fi
ME := $(shell echo $$PPID)
define newline


endef
