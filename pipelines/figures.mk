# figures.mk - the figures of Krueger et al. (2017), from raw data to picture.
#
#     make -f figures.mk fig1 [PROFILE=demo|small|paper] [DATA=fashion-mnist] [NOISE=inputs|labels] [SEEDS='1 2 3']
#     make -f figures.mk report [PROFILE=...]    a page with all figures of the profile, and every claim
#     make -f figures.mk all [PROFILE=...]       every figure, then that page
#
# Results: $(OUT)/PROFILE/NAME.csv, NAME-claims.csv, NAME.svg, and NAME.txt, which says how they were made; report.html.
# What they are made of: $(OUT)/runs, where a file's name is its parameters. A finished run is never run twice; an interrupted sweep
# goes on where it was.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SECONDEXPANSION:
export LC_ALL := C
# One single-threaded run a core; OpenBLAS would start its helpers before a program can tell it not to.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

# Programs and scripts by their full names: LAUNCH may begin elsewhere.
PIPELINES := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))/
# In the source tree the programs are in build/bin, in an installed one in PREFIX/bin.
BIN     ?= $(patsubst %/,%,$(firstword $(dir $(wildcard $(PIPELINES)../build/bin/mn-train $(PIPELINES)../../../bin/mn-train))))
override BIN := $(abspath $(BIN))
OUT     ?= out
PROFILE ?= demo
NOISE   ?= inputs
# What stands before each command that takes long; $(MEM_MB) in it is the memory that the run may need, in MiB.
LAUNCH  ?=
# How often a training saves all that it needs to go on: epochs, or seconds with an s.
CHECKPOINT_EVERY ?= 60s
PYTHON  ?= python3
JOB_MB  ?= 500
JOBS    ?= $(shell $(PIPELINES)jobs 1 $(JOB_MB))

R := $(OUT)/runs
P := $(OUT)/$(PROFILE)

# Each figure's file sets NAME_figure (its results' names), RUNS_figure (the rows that it is made of) and STEPS_figure (the
# models behind them, for the progress line).
FIGURES := fig1 fig2-left fig2-right fig3-left fig3-right curves

include $(PIPELINES)profiles/$(PROFILE).mk
SETTINGS := $(sort $(filter-out FIGURES %_DEFAULT,$(filter FIG% CURVES_%,$(.VARIABLES))))
include $(PIPELINES)runs.mk
include $(FIGURES:%=$(PIPELINES)%.mk)

# A figure in two steps: all its runs, as many at a time as the machine has cores or as -j says, with one line of progress; then tables
# and picture from those that succeeded. A failed run does not stop the others; it is named at the end, and run again next time.
$(FIGURES): %: | $(P)/
	$(call list,$(P)/.$(NAME_$*).runs,$(RUNS_$*))
	$(call list,$(P)/.$(NAME_$*).steps,$(STEPS_$*) $(RUNS_$*))
	+@$(PIPELINES)sweep $(NAME_$*) $(P)/.$(NAME_$*).steps $(P)/$(NAME_$*).log $(MAKE) -f $(PIPELINES)figures.mk -k $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS)) $*-runs
	$(call shown,$*,&& $(PIPELINES)show $(P)/$(NAME_$*))

$(FIGURES:%=%-runs): %-runs: $$(RUNS_$$*)
$(FIGURES:%=%-results): %-results: $(P)/$$(NAME_$$*).csv $(P)/$$(NAME_$$*)-claims.csv $(P)/$$(NAME_$$*).svg
	$(file >$(P)/$(NAME_$*).txt.$(ME),$(made))@mv $(P)/$(NAME_$*).txt.$(ME) $(P)/$(NAME_$*).txt

# $(call shown,FIGURE,&& COMMAND): the results from the runs that there are; then, whatever became of them, the runs that are missing.
shown = +@status=0; { $(MAKE) -f $(PIPELINES)figures.mk $1-results $2; } || status=1; \
  $(PIPELINES)missing $(P)/.$(NAME_$1).runs $(R)/job && exit $$status

# How figure $* was made. Its settings are the profile's variables that begin with its prefix: FIG2L_ for fig2-left. The command repeats
# what was not the profile's.
prefix   = $(subst curves,CURVES,$(subst fig,FIG,$(subst -left,L,$(subst -right,R,$1))))
set      = $1=$(if $(word 2,$($1)),'$($1)',$($1))
asked    = $(foreach v,$1,$(if $(filter command environment,$(firstword $(origin $v))),$(call set,$v)))
define made
figure: $*
data: $($(call prefix,$*)_DATA)
profile: $(PROFILE)
version: mn $(word 2,$(shell $(BIN)/mn-summarize --version))
command: $(strip make $* PROFILE=$(PROFILE) $(call asked,DATA NOISE SEEDS $(filter $(call prefix,$*)_%,$(SETTINGS))))
settings: $(strip $(foreach v,$(filter-out $(if $(SEEDS),%_SEEDS),$(filter $(call prefix,$*)_%,$(SETTINGS))),$(call set,$v)))
runs: $(words $(RUNS_$*))
failed: $(words $(filter-out $(wildcard $(RUNS_$*)),$(RUNS_$*)))
endef

# The runs that there are: what a figure's tables are made of.
$(P)/.%.done: FORCE | $(P)/
	$(if $(there),$(call list,$@,$(there)),@echo '$*: there is none of its runs, so there are no results' >&2; exit 1)
there = $(wildcard $(strip $(file <$(P)/.$*.runs)))

# Both halves of a figure, one after the other: each uses all cores.
fig2 fig3: fig%:
	+@status=0; for half in $(filter $@-%,$(FIGURES)); do $(MAKE) -f $(PIPELINES)figures.mk $$half || status=1; done; exit $$status

all:
	+@status=0; for figure in $(FIGURES); do $(MAKE) -f $(PIPELINES)figures.mk $$figure || status=1; done; \
	$(MAKE) -f $(PIPELINES)figures.mk report && exit $$status

report: | $(P)/
	@$(PYTHON) $(PIPELINES)report $(PROFILE) 'mn $(word 2,$(shell $(BIN)/mn-summarize --version))' $(P)

# What all this costs, before it is paid: a few seconds of measuring.
plan: $(FIGURES:%=%-list)
	@$(PIPELINES)plan $(BIN) '$(NETS)' $(P)/plan.csv $(foreach f,$(WANTED),$f=$(P)/.$(NAME_$f).all)
$(FIGURES:%=%-list): %-list: | $(P)/
	$(call list,$(P)/.$(NAME_$*).all,$(sort $(STEPS_$*) $(RUNS_$*)))

# For grids too large for one waiting make: all runs as a Slurm job array (the raw data from here, where there is a network; the settings that
# files' names do not hold are handed on) ...
SBATCH ?= sbatch
WANTED ?= $(FIGURES)
WANTED_RUNS = $(sort $(foreach f,$(WANTED),$(RUNS_$f)))
RAW = $(foreach r,$(basename $(notdir $(WANTED_RUNS))),$(R)/raw/$(call raw_of,$r).st $(R)/raw/$(call validation_name,$r).st)
submit: $$(sort $$(RAW)) | $(P)/
	$(call list,$(P)/.submit,$(WANTED_RUNS))
	@$(PIPELINES)submit $(P)/.submit $(P)/submit '$(NETS)' '$(SBATCH)' make -f $(PIPELINES)figures.mk \
	  BIN=$(BIN) OUT=$(OUT) PROFILE=$(PROFILE) CHECKPOINT_EVERY=$(CHECKPOINT_EVERY) $(call asked,$(filter NET_% VALIDATION_%,$(.VARIABLES)))

# ... and the figures from what has arrived, with what is missing.
collect: | $(P)/
	+@status=0; for figure in $(WANTED); do $(MAKE) -f $(PIPELINES)figures.mk $$figure-collect || status=1; done; exit $$status
$(FIGURES:%=%-collect): %-collect: | $(P)/
	$(call list,$(P)/.$(NAME_$*).runs,$(RUNS_$*))
	@echo '$*: $(words $(wildcard $(RUNS_$*))) of $(words $(RUNS_$*)) runs'
	$(call shown,$*)

%/:
	@mkdir -p $@

.PRECIOUS: %/ $(P)/.%.done
.PHONY: plan $(FIGURES:%=%-list) submit collect $(FIGURES:%=%-collect) all report fig2 fig3 $(FIGURES) $(FIGURES:%=%-runs) $(FIGURES:%=%-results) FORCE
FORCE:
