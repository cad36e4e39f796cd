#!/usr/bin/env bash
# Prints the path of a Python of the wanted version (setup/python.sh 3.10), or says in one sentence how to get it.
set -u
for version in "$@"; do
  for candidate in "$(command -v "python$version")" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python; do
    if [ -x "$candidate" ] && [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ]; then
      echo "$candidate"
      exit 0
    fi
  done
done
# uv finds, or downloads, a Python of its own where the system has none.
here=$(cd "$(dirname "$0")/.." && pwd)
uv=$(command -v uv || echo "$here/.venv/bin/uv")
[ -x "$uv" ] || "$here/.venv/bin/python" -m pip --disable-pip-version-check install --quiet uv >/dev/null 2>&1
if [ -x "$uv" ] && "$uv" python install --quiet "$1" >/dev/null 2>&1; then
  "$uv" python find "$1" && exit 0
fi
echo "没有找到 Python $*。请先装一个：pyenv install $1，或者装好 uv 后执行 uv python install $1（Debian 12 自带 3.11，可以 apt-get install python3.11 python3.11-venv）。" >&2
exit 1
