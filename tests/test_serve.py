"""The last step of `make run` and `make wechat`: starts everything, says where it is, and leaves nothing running."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from settings import ROOT


@pytest.fixture
def ports(tmp_path):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    numbers = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return numbers


@pytest.fixture
def environment(ports, tmp_path):
    names = ("YICIBAN_PORT", "YICIBAN_DIALOGUE_PORT", "YICIBAN_INTAKE_PORT", "YICIBAN_WECHAT_SIM_PORT")
    databases = {"YICIBAN_DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}", "YICIBAN_INTAKE_DATABASE_URL": f"sqlite:///{tmp_path / 'i.db'}"}
    return {**os.environ, **databases, **dict(zip(names, map(str, ports))), "YICIBAN_WECHAT_SIM": "true", "PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize("times", [1, 3], ids=["ctrl-c", "impatient"])
def test_ctrl_c_leaves_nothing_running(environment, ports, times):
    process = subprocess.Popen([sys.executable, "serve.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with process:
        told = []
        for line in process.stdout:
            told.append(line)
            if "应用  http" in line:
                break
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        process.wait(30)
    assert process.returncode == 0 and f"http://127.0.0.1:{ports[0]}/" in "".join(told)
    for port in ports:
        with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            pass


def test_a_taken_port_stops_it_with_one_sentence(environment, ports):
    with socket.create_server(("127.0.0.1", ports[2])):
        run = subprocess.run([sys.executable, "serve.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and f"端口 {ports[2]} 已被占用，收件服务起不来" in run.stderr and run.stderr.count("\n") == 1


def test_a_missing_secret_stops_it_with_one_sentence(environment):
    run = subprocess.run([sys.executable, "serve.py"], cwd=ROOT, env={**environment, "YICIBAN_DATA_KEY": "short"}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and "YICIBAN_DATA_KEY" in run.stderr and "Traceback" not in run.stderr
