#!/usr/bin/env bash
# Builds .venv-rasa: the dialogue server. Rasa 3.6.21 is its last open release and needs Python 3.10.
set -eu
python=$("$(dirname "$0")/python.sh" 3.10)
echo "安装对话环境（.venv-rasa，$("$python" --version)；TensorFlow 较大，要几分钟）……"
rm -rf .venv-rasa
"$python" -m venv .venv-rasa
.venv-rasa/bin/python -m pip --disable-pip-version-check install --quiet -r bot/requirements.lock 2> >(grep -v -e "is ignored" -e DEPRECATION >&2)
touch .venv-rasa/ready
