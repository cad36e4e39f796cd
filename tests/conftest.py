"""The whole house, started for real once for all tests, and somebody new to talk to it in each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulate.hall import Hall, Person, opened


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
