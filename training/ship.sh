#!/bin/sh
# The stance model that ships, from nothing, run in the checkout:
#
#     sh training/ship.sh DATA CORPUS BASE SCIFACT RUNS
#
# DATA: folder with stance_train.jsonl and stance_dev.jsonl; CORPUS: news passages as JSON lines with
# a text; BASE: folder of all-mpnet-base-v2; SCIFACT: SciFact as its authors publish it; RUNS: a folder
# for what is made on the way. A run that was cut off goes on where it was. Some minutes a round with
# a GPU; many hours without one.
set -eu
[ -f training/ship.sh ] || { echo "ship.sh: run it in the checkout" >&2; exit 1; }
data=$1 corpus=$2 base=$3 scifact=$4 runs=$5
mkdir -p "$runs"

made() { # KIND MOST CORPUS: a file that was cut off is not taken for a whole one
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
    [ -f "$runs/$1/final/recipe.json" ] && return # the last that a run writes
    python -m training.stance "$data" --recipe "training/$1.toml" --base "$2" --out "$runs/$1" \
        --minutes 2 --extra "$runs/mined.jsonl" --extra "$runs/copies.jsonl" \
        --extra "$runs/comparisons.jsonl" --extra "$runs/contrasts.jsonl" --extra "$runs/bounds.jsonl"
}

made mined 12000 "$data"
made copies 20000 "$corpus"
made comparisons 8000 "$corpus"
made contrasts 2000 "$corpus"
made bounds 4000 "$corpus"

learn mpnet12 "$base"
learn mpnet12-evidence "$base"
python -m training.mean "$runs/mpnet12/final" "$runs/mpnet12-evidence/final" --out "$runs/mean"
# On other levels than the round that goes on from them. (The weights that ship had 4 here too.)
python -m training.pack "$runs/mean" "$runs/packed" --seed 3
learn mpnet12-rounded "$runs/packed"
python -m training.pack "$runs/mpnet12-rounded/final" "$runs/rounded" --seed 4 --base "$runs/packed"
learn mpnet12-lacking "$runs/rounded"
python -m training.pack "$runs/mpnet12-lacking/final" "$runs/shipped" --seed 6 --base "$runs/rounded"
python -m training.ranges "$runs/shipped" "$data"
python -m training.calibrate "$runs/shipped" "$data" --scifact "$scifact" --work "$runs/calibration"
cp "$runs/shipped/"* models/stance/
