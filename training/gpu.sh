#!/bin/sh
# Training on a machine with one 80 GB card, in runs of under ten minutes, each on a bare machine. Three steps:
#
#   training/gpu.sh pack ASSETS      here: packs the heads into carry/heads.npz (carry/ is ignored by git, and must travel along)
#   training/gpu.sh run [MINUTES [--set NAME=VALUE ..]]
#                                    there, from the repository root, with carry/ beside it: goes on from carry/run, writes to $OUT
#   training/gpu.sh fetch FOLDER     here: takes what came back from $OUT as the start of the next run
#
# The machine needs python3 with PyTorch (CUDA), numpy and Pillow, and a C compiler. Data are rendered there, anew in every run:
# fourteen processes keep adding people while the card trains. MINUTES (default 8.7) leaves time to save within ten minutes.
# $OUT gets eight files of a few MiB: checkpoint.pt, optimizer.pt, history.json, curves and sheets of both networks, log.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-python3}
case ${1:-} in
pack)
  mkdir -p "$root/carry"
  (cd "$here" && "$python" -m heads.prepare --assets "${2:?usage: training/gpu.sh pack ASSETS}" --out "$root/carry/heads.npz")
  ;;
run)
  shift
  minutes=${1:-8.7}
  [ $# -eq 0 ] || shift
  : "${OUT:?expected OUT to name the folder for results}"
  command -v "${CC:-cc}" > /dev/null || { echo "expected a C compiler (cc, or CC=...) but found none" >&2; exit 1; }
  [ ! -d "$root/carry/run" ] || cp "$root"/carry/run/* "$OUT"/
  nvidia-smi --query-gpu=name,memory.total,memory.used --format=csv,noheader || true
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  PYTHONUNBUFFERED=1 "$python" "$here/train.py" --config "$here/configs/gpu.py" --assets "$root/carry/heads.npz" --data "$data" --out "$OUT" \
    --minutes "$minutes" "$@" > "$OUT/log.txt" 2>&1 || { tail -n 40 "$OUT/log.txt"; exit 1; }
  tail -n 20 "$OUT/log.txt"
  ;;
fetch)
  mkdir -p "$root/carry/run"
  cp "${2:?usage: training/gpu.sh fetch FOLDER}"/* "$root/carry/run"/
  chmod u+w "$root"/carry/run/*
  ;;
*)
  sed -n '2,11p' "$0"
  exit 2
  ;;
esac
