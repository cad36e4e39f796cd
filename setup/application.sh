#!/usr/bin/env bash
# Builds .venv: the application and the intake service, with the CPU build of torch.
set -eu
python=$("$(dirname "$0")/python.sh" 3.11 3.12 3.13)
echo "安装应用环境（.venv，$("$python" --version)）……"
rm -rf .venv
"$python" -m venv .venv
pip() { .venv/bin/python -m pip --disable-pip-version-check install --quiet "$@" 2> >(grep -v "is ignored" >&2); }
torch=$(grep -o '^torch==[0-9.]*' requirements.lock)
# The CPU build first; on macOS the plain one is it; uv knows where the CPU builds are kept.
if ! pip "$torch+cpu" 2>/dev/null; then
  if [ "$(uname)" = Darwin ]; then
    pip "$torch"
  elif ! { pip uv && .venv/bin/uv pip install --quiet --python .venv/bin/python --torch-backend=cpu "$torch"; }; then
    if [ "${TORCH:-}" != any ]; then
      echo "取不到 CPU 版的 $torch。请把它的 wheel 放到 pip 的 find-links 目录再试；愿意装带显卡支持的大包（几个 GB），就执行 TORCH=any make run。" >&2
      exit 1
    fi
    pip "$torch"
  fi
fi
pip -r requirements.lock
touch .venv/ready
