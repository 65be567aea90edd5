#!/bin/sh
# Learns 32 pairs by heart on the CPU, in a few minutes, and fails unless all three networks then beat the warp clearly.
# Usage: training/smoke.sh ASSETS [WORK]   (ASSETS: the heads pack; WORK: scratch folder, default a temporary one)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
assets=${1:?usage: training/smoke.sh ASSETS [WORK]}
work=${2:-$(mktemp -d)}
[ $# -gt 1 ] || trap 'rm -rf "$work"' EXIT
python=${PYTHON:-python3}
"$python" "$here/train.py" --config "$here/configs/smoke.py" --assets "$assets" --data "$work/data" --out "$work/out"
"$python" "$here/train.py" --config "$here/configs/smoke.py" --assets "$assets" --data "$work/data-face" --out "$work/out-face" --set kinds=face
"$python" - "$work/out/history.json" "$work/out-face/history.json" <<'CHECK'
import json, sys
rows = [row for path in sys.argv[1:] for row in json.load(open(path))]
for kind, most in (('mouth', 0.5), ('eye', 0.75), ('face', 0.75)):
    share = [row for row in rows if f'{kind}_of_warp' in row][-1][f'{kind}_of_warp']
    print(f'{kind}: error {share:.2f} of the warp\'s (at most {most} wanted)')
    if share > most:
        sys.exit(f'Expected the {kind} network to learn 32 pairs by heart but its error is {share:.2f} of the warp\'s.')
CHECK
