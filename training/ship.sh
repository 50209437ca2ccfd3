#!/bin/sh
# The stance model that ships, from nothing:
#
#     sh training/ship.sh DATA CORPUS BASE SCIFACT RUNS
#
# DATA: folder with stance_train.jsonl and stance_dev.jsonl; CORPUS: news passages as JSON lines with
# a text; BASE: folder of all-mpnet-base-v2; SCIFACT: SciFact as its authors publish it; RUNS: a folder
# for what is made on the way. A run that was cut off goes on where it was. Ten minutes on a GPU for
# all but the last round and the calibration; days on two cores.
set -eu
data=$1 corpus=$2 base=$3 scifact=$4 runs=$5
mkdir -p "$runs"
extra=
for kind in copies:20000 comparisons:8000 contrasts:2000 bounds:4000; do
    file=$runs/${kind%:*}.jsonl
    [ -f "$file" ] || python -m "training.${kind%:*}" "$corpus" "$file" --most "${kind#*:}"
done
[ -f "$runs/mined.jsonl" ] || python -m training.mine "$data" "$runs/mined.jsonl" --most 12000
for kind in mined copies comparisons contrasts bounds; do
    extra="$extra --extra $runs/$kind.jsonl"
done

learn() { # RECIPE BASE
    [ -d "$runs/$1/final" ] ||
        python -m training.stance "$data" --recipe "training/$1.toml" --base "$2" --out "$runs/$1" $extra
}

learn mpnet12 "$base"
learn mpnet12-evidence "$base"
python -m training.mean "$runs/mpnet12/final" "$runs/mpnet12-evidence/final" --out "$runs/mean"
python -m training.pack "$runs/mean" "$runs/packed" --seed 4
learn mpnet12-rounded "$runs/packed"
python -m training.pack "$runs/mpnet12-rounded/final" "$runs/rounded" --seed 4 --base "$runs/packed"
learn mpnet12-lacking "$runs/rounded"
python -m training.pack "$runs/mpnet12-lacking/final" models/stance --seed 6 --base "$runs/rounded"
python -m training.calibrate models/stance "$data" --scifact "$scifact" --work "$runs/calibration"
