"""The whole house, started for real once for all tests, and somebody new to talk to it in each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from simulate.hall import Hall, Person, opened


FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


@pytest.fixture(scope="session")
def hall(tmp_path_factory) -> Iterator[Hall]:
    """The house with the built index and model, fresh databases, and an official account at the platform's stand-in."""
    with opened(tmp_path_factory.mktemp("hall"), wechat=True) as running:
        yield running


@pytest.fixture
def person(hall) -> Iterator[Person]:
    """Somebody new, talking to the running house."""
    someone = hall.person()
    yield someone
    someone.close()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser, or a skip that names what is missing."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("没有 chromium：浏览器测试没有跑，请执行 apt-get install chromium fonts-noto-cjk")
    return Path(path)


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(params=[(360, 740), (1280, 800)], ids=["phone", "desktop"])
def screen(browser, request) -> Iterator[Page]:
    """A page on a phone and on a desktop; whatever it complains of fails the test."""
    context = browser.new_context(viewport={"width": request.param[0], "height": request.param[1]}, locale="zh-CN")
    opened, problems = context.new_page(), []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert not problems
