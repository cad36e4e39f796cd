"""Starts the three services, waits until they are healthy, prints where they are, and stops them together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import ValidationError

from settings import ROOT, Settings

PATIENCE = 180  # seconds until a service must be up; importing TensorFlow is the slow part
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore"}


@dataclass
class Service:
    """A process of ours: what it is called, how it is started, where it answers when it is well."""

    name: str
    port: int
    command: list[str]
    health: str
    process: subprocess.Popen | None = None

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return Settings().var / "log" / f"{self.port}.log"


def services(settings: Settings) -> list[Service]:
    """The services in the order in which they are started; the dialogue server takes longest."""
    uvicorn = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--factory"]
    rasa = [".venv-rasa/bin/python", "-m", "bot", "run", "--interface", "127.0.0.1", "--port", str(settings.dialogue_port), "--model",
            str(settings.var / "models" / "dialogue.tar.gz"), "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]
    found = [
        Service("对话服务", settings.dialogue_port, rasa, f"{settings.dialogue_url}/"),
        Service("应用", settings.port, [*uvicorn, "channels.app:from_environment", "--host", settings.host, "--port", str(settings.port)],
                f"http://127.0.0.1:{settings.port}/healthz"),
    ]
    if settings.intake_url is None:
        found.insert(1, Service("收件服务", settings.intake_port, [*uvicorn, "intake.app:from_environment", "--port", str(settings.intake_port)],
                                f"http://127.0.0.1:{settings.intake_port}/healthz"))
    if settings.wechat_sim:
        standin = [*uvicorn, "simulate.wechat:from_environment", "--port", str(settings.wechat_sim_port)]
        found.append(Service("微信替身", settings.wechat_sim_port, standin, f"{settings.wechat_api}/healthz"))
    return found


def standin() -> dict[str, str]:
    """The settings of an application whose official account is the stand-in's: for trying it without an account."""
    from simulate.wechat import ACCOUNT  # only where somebody tries it

    port = Settings().wechat_sim_port
    return {
        "YICIBAN_WECHAT_SIM": "true", "YICIBAN_WECHAT_API": f"http://127.0.0.1:{port}", "YICIBAN_WECHAT_APP_ID": ACCOUNT.app_id,
        "YICIBAN_WECHAT_APP_SECRET": ACCOUNT.secret, "YICIBAN_WECHAT_TOKEN": ACCOUNT.token, "YICIBAN_WECHAT_AES_KEY": ACCOUNT.aes_key,
        "YICIBAN_WECHAT_TEMPLATES": json.dumps({kind: f"standin-{kind}" for kind in ("received", "faults", "accepted", "done")}),
    }


def main() -> int:
    """Runs until Ctrl-C, a SIGTERM, or until one service ends; leaves nothing running."""
    try:
        if Settings().wechat_sim:
            os.environ.update(standin())
        settings = Settings()
    except ValidationError as error:
        print("设置不对：" + "；".join(f"YICIBAN_{str(fault['loc'][0]).upper()} {fault['msg']}" for fault in error.errors()), file=sys.stderr)
        return 1
    running = services(settings)
    taken = [service for service in running if not _free(service.port)]
    if taken:
        print("；".join(f"端口 {s.port} 已被占用，{s.name}起不来" for s in taken) + "。请停掉占用的程序，或在 .env 里改端口。", file=sys.stderr)
        return 1
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        return _run(running, settings)
    except KeyboardInterrupt:
        print("\n正在停下……", flush=True)
        return 0
    finally:
        # An impatient second Ctrl-C must not leave half of them running.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, signal.SIG_IGN)
        stop(running)


def _run(running: list[Service], settings: Settings) -> int:
    started = time.monotonic()
    for service in running:
        start(service, settings)
    for service in running:
        print(f"等{service.name}起来……", flush=True)
        if not healthy(service):
            return _failed(service)
    if settings.wechat_sim:
        subprocess.run([sys.executable, "-m", "channels.wechat", "menu"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    print(f"\n都起来了，用了 {time.monotonic() - started:.0f} 秒。按 Ctrl-C 全部停下。")
    print(f"  聊天页面  http://{settings.host}:{settings.port}/")
    if settings.wechat_sim:
        print(f"  公众号（替身）  {settings.wechat_api}/wechat-sim")
    for service in running:
        print(f"  {service.name}  http://127.0.0.1:{service.port}/（日志 {service.log.relative_to(ROOT) if service.log.is_relative_to(ROOT) else service.log}）", flush=True)
    while True:
        for service in running:
            if service.process.poll() is not None:
                return _failed(service)
        time.sleep(1)


def start(service: Service, settings: Settings) -> None:
    """Starts a service; its output goes to its log."""
    service.log.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ, **QUIET, "PYTHONPATH": str(ROOT), "YICIBAN_ACTIONS_TOKEN": settings.actions_token,
        "YICIBAN_ACTIONS_URL": f"http://127.0.0.1:{settings.port}/actions", "YICIBAN_WECHAT_SIM_TARGET": f"http://127.0.0.1:{settings.port}/wechat",
    }
    # A group of its own, so that Ctrl-C reaches only us and we stop them in order.
    with service.log.open("ab") as log:
        service.process = subprocess.Popen(service.command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)


def healthy(service: Service) -> bool:
    """Waits until the service answers; False when it ended or took too long."""
    end = time.monotonic() + PATIENCE
    with httpx.Client(timeout=5, trust_env=False) as client:
        while time.monotonic() < end and service.process.poll() is None:
            try:
                if client.get(service.health).status_code in (200, 503):
                    return True
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
    return False


def _failed(service: Service) -> int:
    last = service.log.read_text("utf-8", "replace").strip().splitlines()[-8:]
    print(f"{service.name}停了或起不来。日志 {service.log} 最后几行：\n  " + "\n  ".join(last), file=sys.stderr)
    return 1


def stop(running: list[Service]) -> None:
    """Ends every service, gently first."""
    alive = [service for service in running if service.process and service.process.poll() is None]
    for service in alive:
        os.killpg(service.process.pid, signal.SIGTERM)
    for service in alive:
        try:
            service.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(service.process.pid, signal.SIGKILL)
            service.process.wait()


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
