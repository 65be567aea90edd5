#!/usr/bin/env bash
# Measures Tableau Vivant's backends on this machine; bench/gpu/README.md of the project says what. Needs bash, tar, and xz or python3.
#
#   mkdir gpu && tar -xf vivant-gpu.tar -C gpu && OUT=results bash gpu/run.sh [--sides 512,1024,2048] [--minutes 8] ...
#
# Results: gpu.md and gpu.json in $OUT (default: the working directory), also while it runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${OUT:-$PWD}

if [[ ! -x $here/app/bin/node || $here/app.tar.xz -nt $here/app/bin/node ]]; then
  if command -v xz >/dev/null; then
    xz -dc "$here/app.tar.xz" | tar -xf - -C "$here"
  elif command -v python3 >/dev/null; then
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$here/app.tar.xz" | tar -xf - -C "$here"
  else
    echo 'Unpacking needs xz or python3, and this machine has neither.' >&2
    exit 2
  fi
  touch "$here/app/bin/node"
fi

# Libraries of ours only where this machine has none: a driver may need newer ones.
has() {
  local folder
  for folder in /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /lib64 /usr/lib64 /usr/lib /usr/local/lib /usr/local/nvidia/lib64 ${LD_LIBRARY_PATH:+${LD_LIBRARY_PATH//:/ }}; do
    [[ -e $folder/$1 ]] && return 0
  done
  return 1
}
lent=$here/lent
rm -rf "$lent" && mkdir "$lent"
for library in "$here"/app/lib/*; do
  has "$(basename "$library")" || ln -s "$library" "$lent/"
done
if [[ -n $(ls -A "$lent") ]]; then
  echo "Lent, because they are missing here: $(ls "$lent" | tr '\n' ' ')" >&2
  export LD_LIBRARY_PATH=$lent${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi
exec "$here/app/bin/node" "$here/app/bench/gpu/main.mjs" --out "$out" "$@"
