#!/bin/sh
# Training on a machine with one 80 GB card, in runs of under ten minutes, each on a bare machine. Three steps:
#
#   training/gpu.sh pack ASSETS      here, after a build: packs the heads and what makes the crops (Node itself, the compiled generator, the
#                                    teeth) into carry/, about 45 MB (ignored by git; it must travel along)
#   [CONFIG="gpu gpu_high"] training/gpu.sh run [MINUTES [--set NAME=VALUE ..]]
#                                    there, from the repository root, with carry/ beside it: goes on from carry/run/CONFIG, else from the weights in
#                                    models/; writes to $OUT. Several configs train at once, on the same data: the card has room
#   training/gpu.sh fetch FOLDER     here: takes what came back from $OUT as the start of the next run (10 MB of gpu and 24 of gpu_high, which must
#                                    travel, too; where there is no room for them, the weights in models/ lack only the optimizers' state)
#
# The machine needs python3 with PyTorch (CUDA), numpy and Pillow, and a C compiler; no Node, no packages. Data are rendered there, anew in every run:
# all its cores keep adding people while the card trains. MINUTES (default 8.7) leaves time to save within ten minutes.
# $OUT gets two files a config: CONFIG.tar (checkpoint, history, curves, sheets, log) and CONFIG-optimizer.pt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
python=${PYTHON:-python3}
node=${NODE:-node}
case ${1:-} in
pack)
  mkdir -p "$root/carry"
  (cd "$here" && "$python" -m heads.prepare --assets "${2:?usage: training/gpu.sh pack ASSETS}" --out "$root/carry/heads.npz")
  rm -rf "$root/carry/dist"
  mkdir "$root/carry/dist"
  for part in core generator geometry motion; do cp -r "$root/dist/$part" "$root/carry/dist/"; done
  find "$root/carry/dist" -type f ! -name '*.js' -delete
  "$node" --input-type=module -e '
    import { writeFileSync } from "node:fs";
    const { readTeethAtlas } = await import(process.argv[1]);
    const { pixelsPerMouthWidth, ...layers } = await readTeethAtlas();
    const flat = ({ frame, ...rest }) => ({ ...rest, width: frame.width, height: frame.height, rgba: Buffer.from(frame.data).toString("base64") });
    writeFileSync(process.argv[2], JSON.stringify({ pixelsPerMouthWidth, upper: flat(layers.upper), lower: flat(layers.lower) }));
  ' "$root/dist/animator/teeth.js" "$root/carry/teeth.json"
  # Without symbols, and with jumps made absolute first: an eighth smaller.
  cp "$("$node" -p process.execPath)" "$root/carry/node"
  strip -s "$root/carry/node" || true
  "$python" - "$root/carry/node" <<'PACK'
import lzma, os, sys
with lzma.open(sys.argv[1] + '.xz', 'wb', filters=[{'id': lzma.FILTER_X86}, {'id': lzma.FILTER_LZMA2, 'preset': 9}]) as file:
    file.write(open(sys.argv[1], 'rb').read())
os.remove(sys.argv[1])
PACK
  du -sh "$root/carry"
  ;;
run)
  shift
  minutes=${1:-8.7}
  [ $# -eq 0 ] || shift
  : "${OUT:?expected OUT to name the folder for results}"
  command -v "${CC:-cc}" > /dev/null || { echo "expected a C compiler (cc, or CC=...) but found none" >&2; exit 1; }
  nvidia-smi --query-gpu=name,memory.total,memory.used --format=csv,noheader || true
  data=$(mktemp -d)
  pids=
  trap 'kill $pids 2> /dev/null || true; rm -rf "$data"' EXIT
  "$python" -c 'import lzma, sys; open(sys.argv[2], "wb").write(lzma.open(sys.argv[1]).read())' "$root/carry/node.xz" "$data/node"
  chmod +x "$data/node"
  [ -d "$root/dist" ] || cp -r "$root/carry/dist" "$root/dist"
  export NODE="$data/node" TEETH="$root/carry/teeth.json" PYTHONUNBUFFERED=1
  # New people in every run: those after the ones that the furthest of the configs has seen.
  first=$("$python" - "$root"/carry/run/*/checkpoint.pt "$root"/models/*/manifest.json <<'FIRST'
import json, os, sys, torch
seen = [0]
for path in filter(os.path.exists, sys.argv[1:]):
    seen.append(json.load(open(path)).get('metrics', {}).get('groups_seen', 0) if path.endswith('.json') else torch.load(path, map_location='cpu', weights_only=True)['groups_seen'])
print(int(max(seen)))
FIRST
  )
  "$python" "$here/data.py" --config "$here/configs/gpu.py" --assets "$root/carry/heads.npz" --out "$data" --first "$first" --set kinds=mouth,eye,face > "$OUT/data.txt" 2>&1 &
  pids=$!
  trainers=
  for config in ${CONFIG:-gpu}; do
    mkdir "$data/$config"
    [ ! -d "$root/carry/run/$config" ] || cp "$root/carry/run/$config"/* "$data/$config"/
    case $config in *_high) tier=high ;; *) tier=standard ;; esac
    "$python" "$here/train.py" --config "$here/configs/$config.py" --data "$data" --out "$data/$config" --start "$root/models/$tier" --minutes "$minutes" "$@" > "$data/$config/log.txt" 2>&1 &
    trainers="$trainers $!"
    pids="$pids $!"
  done
  failed=0
  for trainer in $trainers; do wait "$trainer" || failed=1; done
  tail -n 1 "$OUT/data.txt"
  for config in ${CONFIG:-gpu}; do
    tail -n 20 "$data/$config/log.txt"
    [ ! -f "$data/$config/optimizer.pt" ] || mv "$data/$config/optimizer.pt" "$OUT/$config-optimizer.pt"
    tar -cf "$OUT/$config.tar" -C "$data/$config" .
  done
  exit "$failed"
  ;;
fetch)
  for archive in "${2:?usage: training/gpu.sh fetch FOLDER}"/*.tar; do
    config=$(basename "$archive" .tar)
    mkdir -p "$root/carry/run/$config"
    tar -xf "$archive" -C "$root/carry/run/$config"
    cp "$2/$config-optimizer.pt" "$root/carry/run/$config/optimizer.pt"
    chmod u+w "$root/carry/run/$config"/*
  done
  ;;
*)
  sed -n '2,16p' "$0"
  exit 2
  ;;
esac
