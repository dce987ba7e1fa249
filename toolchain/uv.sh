#!/usr/bin/env bash
# Put uv from PyPI into .bootstrap/ of this checkout, for machines that have none.
set -euo pipefail
cd "$(dirname "$0")/.."

python=$(command -v python3 || true)
if [[ -z $python ]] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "GC-BOOT-001: Python 3.11 or later is needed / cần Python 3.11 trở lên: apt-get install python3 python3-venv" >&2
  exit 3
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  # Debian ships venv's pip apart. Root installs it; anybody else is told what to ask for.
  if [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing the Debian package python3-venv / Đang cài gói Debian python3-venv" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
  else
    echo "GC-BOOT-002: Python's venv is missing / thiếu venv của Python: sudo apt-get install python3-venv" >&2
    exit 3
  fi
fi
rm -rf .bootstrap
"$python" -m venv .bootstrap.new
.bootstrap.new/bin/python -m pip install --quiet --disable-pip-version-check -r toolchain/uv.txt
# A venv's scripts name its path, but uv is a plain binary: moving it is safe, and a cut-off run leaves no half.
mv .bootstrap.new .bootstrap
