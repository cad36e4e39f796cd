"""The chat page, clicked in headless Chromium as an applicant would, at a phone's width, against the running house."""

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def page(screen, hall):
    screen.goto(hall.address)
    return screen


def test_from_a_tapped_example_to_the_receipt(page: Page):
    page.get_by_role("button", name="想盘个门面卖奶茶").click()
    answer_until(page, ".notice")
    notice = page.locator(".notice").last
    for section in ("结论", "条件", "要办的事项", "要带的材料", "收费", "注意", "依据"):
        expect(notice).to_contain_text(section)
    fits(page)
    page.get_by_role("button", name="开始填表").last.click()
    answer_until(page, ".receipt")
    expect(page.locator(".receipt .number")).to_have_text(re.compile(r"MQ\d{8}-\d{4}"))
    assert "11010519491231002X" not in page.locator("body").inner_text()
    fits(page)


def test_a_wrong_id_number_is_said_and_a_reload_keeps_the_talk(page: Page):
    say(page, "我想开个网吧")
    answer_until(page, ".notice")
    page.locator("fieldset.live .options button").first.click()
    settled(page)
    say(page, "张小花")
    say(page, "411421198506150019")
    expect(page.get_by_role("alert").last).to_contain_text("校验不对")
    page.reload()
    expect(page.locator("#log")).to_contain_text("校验不对")
    say(page, "11010519491231002X")
    expect(page.locator("#log")).to_contain_text("手机")
    assert "11010519491231002X" not in page.locator("body").inner_text()


def say(page: Page, text: str) -> None:
    page.locator("#input").fill(text)
    page.locator("#send").click()
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator("#waiting")).to_be_empty(timeout=20_000)


def answer_until(page: Page, wanted: str) -> None:
    """Clicks the first button of what is asked, or types the example, until the last turn shows what is wanted."""
    for _ in range(70):
        settled(page)
        last = page.locator("#log > .theirs").last
        if last.locator(wanted).count():
            return
        options = last.locator("fieldset.live .options button")
        example = EXAMPLE.search(last.inner_text())
        if options.count():
            options.first.click()
        else:
            say(page, OWN.get(example.group(1), example.group(1)) if example else "都齐了")
    raise AssertionError(f"never saw {wanted}: {last.inner_text()[-300:]}")


OWN = {"411421199001010019": "11010519491231002X"}  # an ID number that no example shows
EXAMPLE = re.compile(r"例如?[：:]\s*(.+)$", re.M)


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
