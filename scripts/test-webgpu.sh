#!/usr/bin/env bash
# The conformance suite on WebGPU with a software adapter (lavapipe of a Mesa that Dawn accepts; Debian 12's own, 22.3, is too old).
# Works on a copy, so that the project's node_modules stays as npm ci left it. Says SKIPPED and ends with 0 where it can't run.
# Build first. Usage: scripts/test-webgpu.sh
set -euo pipefail
cd "$(dirname "$0")/.."
LIST=/etc/apt/sources.list.d/vivant-backports.list

skip() {
  echo "SKIPPED: WebGPU on a software adapter: $1"
  exit 0
}

driver() { find /usr/share/vulkan/icd.d -name 'lvp_icd*.json' 2>/dev/null | head -1; }
version() { dpkg-query -W -f '${Version}' mesa-vulkan-drivers 2>/dev/null || true; }

if ! dpkg --compare-versions "$(version)" ge 23 2>/dev/null; then
  command -v apt-get >/dev/null && [[ $(id -u) -eq 0 ]] || skip 'it needs apt and root to install Mesa'
  grep -q bookworm /etc/os-release || skip 'the newer Mesa is taken from the backports of Debian 12 only'
  trap 'rm -f "$LIST"' EXIT
  echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm-backports main' >"$LIST"
  apt-get update -qq || skip 'package lists could not be read'
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -t bookworm-backports mesa-vulkan-drivers libvulkan1 >/dev/null || skip 'Mesa could not be installed'
fi
[[ -n $(driver) ]] || skip 'Mesa brings no lavapipe here'

work=$(mktemp -d)
trap 'rm -rf "$work" "$LIST"' EXIT
mkdir -p "$work/project/tests/unit/generator"
npm install --prefix "$work" --silent --no-audit --no-fund webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0 || skip 'its packages could not be installed'
# One copy of tfjs-core for all.
rm -rf "$work/node_modules/@tensorflow/tfjs-core"
ln -s "$PWD/node_modules/@tensorflow/tfjs-core" "$work/node_modules/@tensorflow/tfjs-core"
ln -s "$PWD/node_modules" "$work/project/node_modules"
cp -r package.json vitest.config.ts dist assets models "$work/project/"
cp -r tests/conformance tests/golden "$work/project/tests/"
cp -r tests/unit/generator/refiner "$work/project/tests/unit/generator/"

cd "$work/project"
# It takes 5 to 10 s.
suite() { VK_ICD_FILENAMES=$(driver) timeout -k 5 180 npx vitest run tests/conformance/webgpu.test.ts 2>&1 | tee "$work/log" || return "${PIPESTATUS[0]}"; }
status=0
suite || status=$?
if ((status)); then
  # About once in thirty runs the process that holds Dawn and lavapipe dies, more rarely it hangs (124, 137: out of time); a test that fails says so and is not repeated.
  ((status == 124 || status == 137)) || grep -q 'Channel closed\|exited unexpectedly' "$work/log" || exit 1
  ! grep -q 'AssertionError' "$work/log" || exit 1
  echo 'The process with Dawn and lavapipe died or hung; once more.'
  suite
fi
