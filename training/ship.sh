#!/bin/sh
# Repeats the steps that made the stance model, in the checkout:
#
#     sh training/ship.sh DATA CORPUS BASE SCIFACT RUNS
#
# DATA: folder with stance_train.jsonl, stance_dev.jsonl, more_train.jsonl, more_dev.jsonl and the folders
# written and factcheck; CORPUS: news passages as JSON lines with
# a text; BASE: folder of all-mpnet-base-v2; SCIFACT: SciFact as its authors publish it; RUNS: a folder
# for pairs, checkpoints and weights. Run again, it resumes. Hours on a GPU's host, days on two cores.
#
# What it cannot repeat: DATA and CORPUS are not in this repository (their licences do not allow it),
# the mean was packed with seed 4 for the weights that ship and is packed with seed 3 here, the
# first three runs computed in bfloat16 on a GPU, and the last one was planned for 1,247 steps and cut to
# 880 at step 565. So it gives weights like those that ship, not the same.
set -eu
[ -f training/ship.sh ] || { echo "ship.sh: run it in the checkout" >&2; exit 1; }
data=$1 corpus=$2 base=$3 scifact=$4 runs=$5
mkdir -p "$runs"

make_pairs() { # KIND MOST CORPUS; renamed when complete
    [ -f "$runs/$1.jsonl" ] && return
    python -m "training.$1" "$3" "$runs/$1.new" --most "$2"
    mv "$runs/$1.new" "$runs/$1.jsonl"
}

learn() { # RECIPE BASE
    mkdir -p "$runs/$1"
    [ -f "$runs/$1/recipe.toml" ] || {
        cp "training/$1.toml" "$runs/$1/recipe.new" && mv "$runs/$1/recipe.new" "$runs/$1/recipe.toml"
    }
    cmp -s "training/$1.toml" "$runs/$1/recipe.toml" || {
        echo "ship.sh: $runs/$1 is of another recipe: delete it and what was learned from it," \
            "or name another folder" >&2
        exit 1
    }
    [ -f "$runs/$1/final/recipe.json" ] && return # a finished run: this file is written last
    recipe=$1 from=$2
    shift 2
    python -m training.stance "$data" --recipe "training/$recipe.toml" --base "$from" \
        --out "$runs/$recipe" --minutes 2 "$@"
}

make_pairs mined 12000 "$data"
make_pairs copies 20000 "$corpus"
make_pairs comparisons 8000 "$corpus"
make_pairs contrasts 2000 "$corpus"
make_pairs bounds 4000 "$corpus"

# Pairs that no person wrote, for the rounds before the last.
set -- --extra "$runs/mined.jsonl" --extra "$runs/copies.jsonl" --extra "$runs/comparisons.jsonl" \
    --extra "$runs/contrasts.jsonl" --extra "$runs/bounds.jsonl"
learn mpnet12 "$base" "$@"
learn mpnet12-evidence "$base" "$@"
python -m training.mean "$runs/mpnet12/final" "$runs/mpnet12-evidence/final" --out "$runs/mean"
# Another seed than the next round's, or rounding takes that round's small steps back.
python -m training.pack "$runs/mean" "$runs/packed" --seed 3
learn mpnet12-rounded "$runs/packed" "$@"
python -m training.pack "$runs/mpnet12-rounded/final" "$runs/rounded" --seed 4 --base "$runs/packed"
learn mpnet12-lacking "$runs/rounded" "$@"
python -m training.pack "$runs/mpnet12-lacking/final" "$runs/lacking" --seed 6 --base "$runs/rounded"
[ -f "$runs/factchecks.jsonl" ] || python -m training.factchecks "$data/factcheck" "$runs/factchecks.jsonl"
learn mpnet12-newsroom "$runs/lacking" --extra "$runs/factchecks.jsonl" \
    --extra "$data/written/pairs.jsonl" --extra "$data/written/kinds.jsonl" --extra "$data/more_train.jsonl"
python -m training.pack "$runs/mpnet12-newsroom/final" "$runs/shipped" --seed 8 --base "$runs/lacking"
python -m training.ranges "$runs/shipped" "$data"
news=evaluation/sets/newsroom
python -m training.calibrate "$runs/shipped" "$data" --scifact "$scifact" --claims 90 \
    --articles "$data/factcheck/articles.jsonl" --newsroom "$news/harbour" --newsroom "$news/science" \
    --dev "$data/written/dev.jsonl" --dev "$data/written/kinds_dev.jsonl" \
    --dev "$data/factcheck/pairs_dev.jsonl" --dev "$data/more_dev.jsonl" --work "$runs/calibration"
cp "$runs/shipped/"* models/stance/
