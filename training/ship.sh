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

learn() { # NAME RECIPE BASE [--teacher MODEL]…
    name=$1 recipe=$2 from=$3
    shift 3
    mkdir -p "$runs/$name"
    [ -f "$runs/$name/recipe.toml" ] || {
        cp "$recipe" "$runs/$name/recipe.new" && mv "$runs/$name/recipe.new" "$runs/$name/recipe.toml"
    }
    cmp -s "$recipe" "$runs/$name/recipe.toml" || {
        echo "ship.sh: $runs/$name is of another recipe: delete it and what was learned from it," \
            "or name another folder" >&2
        exit 1
    }
    [ -f "$runs/$name/final/recipe.json" ] && return # the last that a run writes
    python -m training.stance "$data" --recipe "$recipe" --base "$from" --out "$runs/$name" \
        --minutes 2 --extra "$runs/mined.jsonl" --extra "$runs/copies.jsonl" \
        --extra "$runs/comparisons.jsonl" --extra "$runs/contrasts.jsonl" \
        --extra "$runs/bounds.jsonl" "$@"
}

taught() { # NAME BASE: by two that learned half of the claims each, each asked about the other half
    learn "$1" "training/$1.toml" "$2" \
        --teacher "$runs/half-0/final" --teacher "$runs/half-1/final"
}

made mined 12000 "$data"
made copies 20000 "$corpus"
made comparisons 8000 "$corpus"
made contrasts 2000 "$corpus"
made bounds 4000 "$corpus"

for half in 0 1; do
    { echo "half = $half" && cat training/mpnet12-half.toml; } >"$runs/half-$half.toml"
    learn "half-$half" "$runs/half-$half.toml" "$base"
done
taught mpnet12 "$base"
taught mpnet12-evidence "$base"
python -m training.mean "$runs/mpnet12/final" "$runs/mpnet12-evidence/final" --out "$runs/mean"
# On other levels than the round that goes on from them.
python -m training.pack "$runs/mean" "$runs/packed" --seed 3
taught mpnet12-rounded "$runs/packed"
python -m training.pack "$runs/mpnet12-rounded/final" "$runs/rounded" --seed 4 --base "$runs/packed"
learn mpnet12-lacking training/mpnet12-lacking.toml "$runs/rounded" --teacher "$runs/rounded"
python -m training.pack "$runs/mpnet12-lacking/final" "$runs/shipped" --seed 6 --base "$runs/rounded"
python -m training.ranges "$runs/shipped" "$data"
python -m training.calibrate "$runs/shipped" "$data" --scifact "$scifact" --work "$runs/calibration"
cp "$runs/shipped/"* models/stance/
