#!/bin/sh
# Learns 32 pairs by heart on the CPU, in a few minutes, and fails unless both networks then beat the warp clearly.
# Usage: training/smoke.sh ASSETS [WORK]   (ASSETS: the heads pack; WORK: scratch folder, default a temporary one)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
assets=${1:?usage: training/smoke.sh ASSETS [WORK]}
work=${2:-$(mktemp -d)}
[ $# -gt 1 ] || trap 'rm -rf "$work"' EXIT
python=${PYTHON:-python3}
"$python" "$here/train.py" --config "$here/configs/smoke.py" --assets "$assets" --data "$work/data" --out "$work/out"
"$python" - "$work/out/history.json" <<'CHECK'
import json, sys
last = [row for row in json.load(open(sys.argv[1])) if 'mouth_of_warp' in row][-1]
for kind, most in (('mouth', 0.5), ('eye', 0.75)):
    share = last[f'{kind}_of_warp']
    print(f'{kind}: error {share:.2f} of the warp\'s (at most {most} wanted)')
    if share > most:
        sys.exit(f'Expected the {kind} network to learn 32 pairs by heart but its error is {share:.2f} of the warp\'s.')
CHECK
