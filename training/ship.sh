#!/bin/sh
# Repeats the steps that made the stance model, in the checkout:
#
#     sh training/ship.sh DATA CORPUS BASE SCIFACT RUNS
#
# DATA: folder with stance_train.jsonl and stance_dev.jsonl; CORPUS: news passages as JSON lines with
# a text; BASE: folder of all-mpnet-base-v2; SCIFACT: SciFact as its authors publish it; RUNS: a folder
# for pairs, checkpoints and weights. Run again, it resumes. Hours on a GPU's host, days on two cores.
#
# What it cannot repeat: DATA and CORPUS are not in this repository (their licences do not allow it),
# the mean was packed with seed 4 for the weights that ship and is packed with seed 3 here, and the
# first three runs computed in bfloat16 on a GPU. So it gives weights like those that ship, not the same.
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
    python -m training.stance "$data" --recipe "training/$1.toml" --base "$2" --out "$runs/$1" \
        --minutes 2 --extra "$runs/mined.jsonl" --extra "$runs/copies.jsonl" \
        --extra "$runs/comparisons.jsonl" --extra "$runs/contrasts.jsonl" --extra "$runs/bounds.jsonl"
}

make_pairs mined 12000 "$data"
make_pairs copies 20000 "$corpus"
make_pairs comparisons 8000 "$corpus"
make_pairs contrasts 2000 "$corpus"
make_pairs bounds 4000 "$corpus"

learn mpnet12 "$base"
learn mpnet12-evidence "$base"
python -m training.mean "$runs/mpnet12/final" "$runs/mpnet12-evidence/final" --out "$runs/mean"
# Another seed than the next round's, or rounding takes that round's small steps back.
python -m training.pack "$runs/mean" "$runs/packed" --seed 3
learn mpnet12-rounded "$runs/packed"
python -m training.pack "$runs/mpnet12-rounded/final" "$runs/rounded" --seed 4 --base "$runs/packed"
learn mpnet12-lacking "$runs/rounded"
python -m training.pack "$runs/mpnet12-lacking/final" "$runs/shipped" --seed 6 --base "$runs/rounded"
python -m training.ranges "$runs/shipped" "$data"
python -m training.calibrate "$runs/shipped" "$data" --scifact "$scifact" --work "$runs/calibration"
cp "$runs/shipped/"* models/stance/
