"""The form's page: every field of every guide, the values that the chat would keep, nothing personal in clear; clicked in Chromium, in step with the chat."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.testclient import TestClient
from playwright.sync_api import Page, expect
from sqlalchemy import text

import channels.forms
from actions import ask, change, intake, tell
from actions.memory import Books, Kit, begin, turn
from channels.links import Links
from consult.answer import read_question
from knowledge.catalogue import load
from knowledge.schema import Question
from records.retention import purge
from records.store import Store, migrate
from records.talks import look_up, talk_key
from simulate.hall import Person

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KNOWN = load(day=NOW.date())
KEY = "only for tests, long enough to serve as a key"
LINKS = Links("", KEY)
ID, MASKED = "11010519491231002X", "1101**********002X"


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> Iterator[Kit]:
    url = f"sqlite:///{tmp_path_factory.mktemp('form') / 'test.db'}"
    migrate(url)
    store = Store(url, KEY)
    yield house(store)
    store.engine.dispose()


@pytest.fixture(scope="module")
def web(kit) -> TestClient:
    return TestClient(application(kit, LINKS), follow_redirects=False)


def house(store: Store) -> Kit:
    return Kit(Books(KNOWN, None), store, lambda: NOW, "民权县", "MQ", lambda: None)


def application(kit: Kit, links: Links) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def strictly(request, call_next):
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'self'"  # nothing inline may be needed
        return response

    app.include_router(channels.forms.router(kit, links))
    app.mount("/static", StaticFiles(directory=Path(channels.forms.__file__).parent / "static"))
    return app


def told(kit: Kit, who: str, guide: str = "milk_tea") -> str:
    """Somebody who has just got their notice; returns the code."""
    with turn(kit, who) as current:
        begin(current, KNOWN.by_id[guide])
        while isinstance(asked := current.pending, Question):
            current.take(asked, read_question(asked, asked.options[0].label))
        tell.tell(current)
        return current.consultation.code


def fill(web: TestClient, code: str, name: str, value: str | list[str]) -> dict:
    response = web.post(at(code, name), json={"value": value})
    assert response.status_code == 200, response.text
    return response.json()


def at(code: str, name: str = "") -> str:
    path, key = LINKS.form(code).split("?")
    return f"{path}{name and '/'}{name}?{key}"


def fields(kit: Kit, code: str) -> dict:
    with kit.store.look() as db:
        return look_up(kit.store, db, code).fields


def example(entry) -> tuple[str, str | list[str]]:
    """What is said in the chat, and what the page sends for the same."""
    if entry.field.type == "list" and entry.options:
        return entry.options[0].label, [entry.options[0].value]
    if entry.options:
        return entry.options[-1].label, entry.options[-1].value
    said = ID if entry.field.type == "resident_id" else entry.field.example
    return said, said


# --- over HTTP --------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", sorted(KNOWN.by_id))
def test_every_form_can_be_filled_here_to_the_draft_and_keeps_what_the_chat_would_keep(kit, web, guide):
    page_code, chat_code = told(kit, f"page {guide}", guide), told(kit, f"chat {guide}", guide)
    with turn(kit, f"chat {guide}") as chat:
        tell.go_on(chat)
        entry = chat.pending
    if not entry:
        assert "没有要办的事项" in web.get(at(page_code)).text
        return
    page = web.get(at(page_code)).text
    while entry:
        said, value = example(entry)
        assert f'name="{entry.field.id}"' in page
        answer = fill(web, page_code, entry.field.id, value)
        page = answer["html"]
        with turn(kit, f"chat {guide}", text=said) as chat:
            ask.hear_value(chat)
            filled, asked, entry = chat.form.entries, entry, chat.pending
        assert answer["error"] is None and answer["shown"] == next(other.masked for other in filled if other.field == asked.field)
        assert answer["fields"] == [other.field.id for other in filled]
    assert answer["left"] == 0
    assert fields(kit, page_code) == fields(kit, chat_code)
    assert web.post(at(page_code, "done")).status_code == 303
    with turn(kit, f"page {guide}") as page:
        assert tell.go_on(page).status == "form"
        assert tell.draft(page, "MQ-TEST")["fields"]


def test_what_is_known_of_a_person_is_never_sent_in_clear(kit, web):
    code = told(kit, "private", "startup")
    told_values = {"applicant_name": "张小花", "applicant_id": ID, "applicant_mobile": "13812345678", "applicant_address": "民权县城关镇前进路7号"}
    answers = [fill(web, code, name, value) for name, value in told_values.items()]
    assert [answer["shown"] for answer in answers] == ["张**", MASKED, "138****5678", "民权县城关镇****"]
    for seen in (web.get(at(code)).text, *(answer["html"] for answer in answers[3:])):
        assert MASKED in seen and not any(value in seen for value in told_values.values())


def test_a_value_that_cannot_be_read_is_refused_as_in_the_chat(kit, web):
    code = told(kit, "wrong")
    answer = fill(web, code, "applicant_id", "411421198506150019")
    assert "校验不对" in answer["error"] and answer["shown"] == ""
    assert "applicant_id" not in fields(kit, code)
    fill(web, code, "applicant_id", ID)
    for nothing in ("", " ", []):
        assert "还没有填" in fill(web, code, "applicant_id", nothing)["error"]
    assert "太长了" in fill(web, code, "trade_name", "好" * 300)["error"]
    assert fields(kit, code) == {"applicant_id": ID}


def test_an_answer_brings_the_fields_that_follow_from_it_and_takes_them_away(kit, web):
    code = told(kit, "post")
    before = fill(web, code, "delivery", "together")
    posted = fill(web, code, "delivery", "post")
    assert set(posted["fields"]) - set(before["fields"]) == {"post_address"} and posted["left"] == before["left"] + 1
    assert 'name="post_address"' in posted["html"]
    assert "post_address" not in fill(web, code, "delivery", "together")["fields"]
    assert fill(web, code, "post_address", "民权县城关镇人民路100号")["shown"] == ""
    assert "post_address" not in fields(kit, code)


def test_missing_papers_are_ticked_and_say_where_to_get_them(kit, web):
    code = told(kit, "papers", "internet_cafe")
    with turn(kit, "papers") as chat:
        ready = chat.form.by_role("ready")
    for wanted in ([option.value for option in ready.options], [ready.options[0].value]):
        answer = fill(web, code, ready.field.id, wanted)
        assert fields(kit, code)[ready.field.id] == wanted and f"还缺{len(wanted)}样" in answer["html"]
    assert "没看出" in fill(web, code, ready.field.id, ["旧报纸"])["error"]
    assert "还没有填" in fill(web, code, ready.field.id, [])["error"]
    assert fill(web, code, ready.field.id, ["都齐了"])["shown"] == "无"
    assert fields(kit, code)[ready.field.id] == []


def test_a_known_value_says_where_it_comes_from(kit, web):
    """Whoever told the area in the chat finds it in the form."""
    with turn(kit, "area") as chat:
        begin(chat, KNOWN.by_id["internet_cafe"])
        while isinstance(asked := chat.pending, Question):
            chat.take(asked, read_question(asked, "180平方米" if asked.unit == "平方米" else asked.options[0].label))
        tell.tell(chat)
        assert any(entry.source == "prefilled" and entry.value == "180" for entry in chat.form.entries)
        code = chat.consultation.code
    page = web.get(at(code)).text
    assert re.search(r'value="180"', page) and "照您在聊天里说的" in page


def test_without_javascript_everything_goes_at_once_and_comes_back_with_what_is_wrong(kit, web):
    code = told(kit, "plain", "marriage")
    with turn(kit, "plain") as chat:
        written = {entry.field.id: example(entry)[1] for entry in chat.form.pending if not entry.optional}
        spare = [entry.field.id for entry in chat.form.pending if entry.optional]
    assert spare
    refused = web.post(at(code, "done"), data={**written, "applicant_mobile": "1381234"})
    assert refused.status_code == 200 and "手机号应当是 11 位" in refused.text and 'value="1381234"' in refused.text
    assert "还差 1 项" in refused.text and web.post(at(code, "done")).status_code == 200
    accepted = web.post(at(code, "done"), data={"applicant_mobile": "13812345678"})
    assert accepted.status_code == 303
    page = web.get(accepted.headers["location"]).text
    assert re.search('id="filling" hidden', page) and all(fields(kit, code)[name] == "" for name in spare)


def test_a_changed_draft_must_be_seen_again_before_it_is_handed_in(kit, web):
    code = told(kit, "seen")
    with turn(kit, "seen") as chat:
        pending = [(entry.field.id, example(entry)[1]) for entry in chat.form.pending]
    for name, value in pending:
        fill(web, code, name, value)
    with turn(kit, "seen") as chat:
        tell.form(chat)
        tell.check(chat)
    fill(web, code, "trade_name", "民权县甜水小店")
    with turn(kit, "seen") as chat:
        shown = intake.hand_in(chat)
        assert shown.status == "draft" and "民权县甜水小店" in shown.replies[0].text
        assert chat.consultation.reference is None


def test_what_the_chat_was_asking_again_is_not_asked_once_it_was_filled_here(kit, web):
    code = told(kit, "again")
    with turn(kit, "again") as chat:
        tell.go_on(chat)
    fill(web, code, "applicant_name", "张小花")
    with turn(kit, "again") as chat:
        chat.entities = {"target": "applicant_name"}
        change.change(chat)
        assert chat.pending.field.id == "applicant_name"
    fill(web, code, "applicant_name", "张大花")
    with turn(kit, "again") as chat:
        assert chat.pending.field.id != "applicant_name"


def test_hostile_words_are_shown_not_executed(kit, web):
    code, hostile = told(kit, "hostile"), '"><script>alert(1)</script>'
    answer = fill(web, code, "trade_name", hostile)
    for seen in (answer["html"], web.get(at(code)).text):
        assert "<script>alert" not in seen and "&lt;script&gt;" in seen


# --- the door ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "?k=", f"?k={'0' * 22}", "?k=" + LINKS.form("AA2AA2").split("k=")[1]])
def test_without_the_right_signature_nobody_learns_anything(kit, web, key):
    code = told(kit, f"door {key}")
    answers = [web.get(f"/f/{name}{key}") for name in (code, "XX9XX9")]
    answers += [web.post(f"/f/{code}/applicant_name{key}", json={"value": "张三"}), web.post(f"/f/{code}/done{key}")]
    assert {answer.status_code for answer in answers} == {404} and len({answer.text for answer in answers}) == 1
    assert "奶茶" not in answers[0].text and fields(kit, code) == {}


def test_handed_in_forgotten_or_never_there_is_gone(kit, web):
    handed, old = told(kit, "handed"), told(kit, "old")
    with turn(kit, "handed") as chat:
        chat.consultation.stage = "handed_in"
    with kit.store.begin() as db:
        db.execute(text("UPDATE consultations SET updated_at = '2026-01-01 00:00:00' WHERE code = :code"), {"code": old})
        purge(kit.store, db, NOW - timedelta(days=30))
    answers = [web.get(at(code)) for code in (handed, old, "XX9XX9")]
    assert {answer.status_code for answer in answers} == {410} and len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("stage", ["asking", "stopped"])
def test_before_the_notice_there_is_nothing_to_fill_in(kit, web, stage):
    code = told(kit, stage)
    with turn(kit, stage) as chat:
        chat.consultation.stage = stage
    for answer in (web.get(at(code)), web.post(at(code, "applicant_name"), json={"value": "张三"})):
        assert answer.status_code == 409 and "先在聊天里把情况问清" in answer.text
    assert fields(kit, code) == {}


def test_nothing_on_the_way_keeps_the_page(kit, web):
    code = told(kit, "headers")
    for answer in (web.get(at(code)), web.get("/f/XX9XX9"), web.post(at(code, "applicant_name"), json={"value": "张三"}), web.post(at(code, "done"))):
        assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"


def test_a_full_database_is_said_plainly(kit, web):
    code = told(kit, "full")
    with kit.store.begin() as db:
        db.execute(text("ALTER TABLE consultations RENAME TO elsewhere"))
    refused = web.post(at(code, "applicant_name"), json={"value": "张三"})
    with kit.store.begin() as db:
        db.execute(text("ALTER TABLE elsewhere RENAME TO consultations"))
    assert refused.status_code == 503 and "还没有存上" in refused.text
    assert fill(web, code, "applicant_name", "张三")["shown"] == "张*"


# --- in the browser ---------------------------------------------------------------------------


@contextmanager
def served(kit: Kit) -> Iterator[Links]:
    """The page on a port of its own; links to it."""
    links = Links("", KEY)
    server = uvicorn.Server(uvicorn.Config(application(kit, links), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    host, port = server.servers[0].sockets[0].getsockname()
    yield Links(f"http://{host}:{port}", KEY)
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def links(kit) -> Iterator[Links]:
    with served(kit) as links:
        yield links


@pytest.fixture(params=[(360, 740), (1280, 800)], ids=["phone", "desktop"])
def page(browser, request) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param[0], "height": request.param[1]}, locale="zh-CN")
    opened, problems = context.new_page(), []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    context.close()
    assert not problems


def test_filled_by_tapping_until_nothing_is_left(page: Page, kit, links, request):
    code = told(kit, request.node.name, "marriage")
    page.goto(links.form(code))
    expect(page.locator("#left")).to_contain_text("还差")
    fits(page)
    tap_through(page)
    expect(page.locator("#left")).to_contain_text("可以不填")
    page.get_by_role("button", name="填好了").click()
    expect(page.locator("#done")).to_be_visible()
    expect(page.locator("#filling")).to_be_hidden()
    assert ID not in page.content()
    fits(page)
    with turn(kit, request.node.name) as chat:
        assert not chat.form.pending and tell.go_on(chat).status == "form"


def test_a_lost_network_keeps_what_was_written(page: Page, kit, links, request):
    code = told(kit, request.node.name)
    page.goto(links.form(code))
    page.context.set_offline(True)
    name = page.locator("[name=applicant_name]")
    name.fill("张小花")
    name.press("Enter")
    field = page.locator("#applicant_name-field")
    expect(field).to_contain_text("没有存上")
    page.get_by_role("button", name="填好了").click()
    expect(page.locator("#lost")).to_contain_text("没有存上")
    assert name.input_value() == "张小花" and fields(kit, code) == {}
    page.context.set_offline(False)
    expect(field).to_contain_text("已存")
    expect(field).to_contain_text("张**")
    assert fields(kit, code) == {"applicant_name": "张小花"}


def test_a_server_in_trouble_is_tried_again_by_a_tap(page: Page, kit, links, request):
    code = told(kit, request.node.name)
    page.goto(links.form(code))
    page.route("**/applicant_mobile?*", lambda route: route.fulfill(status=502, body="Bad Gateway"), times=1)
    page.locator("[name=applicant_mobile]").fill("138 1234 5678")
    page.locator("[name=applicant_name]").focus()
    page.get_by_role("button", name="再存一次").click()
    expect(page.locator("#applicant_mobile-field")).to_contain_text("138****5678")
    assert fields(kit, code) == {"applicant_mobile": "13812345678"}


def test_a_refused_value_stays_and_a_masked_one_is_changed_in_an_empty_box(page: Page, kit, links, request):
    code = told(kit, request.node.name)
    page.goto(links.form(code))
    field, box = page.locator("#applicant_id-field"), page.locator("[name=applicant_id]")
    box.fill("411421198506150019")
    page.locator("[name=applicant_name]").fill("张小花")
    page.locator("[name=applicant_mobile]").focus()
    expect(field).to_contain_text("校验不对")
    expect(page.locator("#applicant_name-field")).to_contain_text("张**")
    assert box.input_value() == "411421198506150019"
    box.fill(ID)
    box.press("Enter")
    expect(field).to_contain_text(MASKED)
    expect(box).to_be_hidden()
    field.get_by_text("改", exact=True).click()
    expect(box).to_have_value("")
    box.fill("411421199001010027")
    box.press("Enter")
    expect(field).to_contain_text("4114**********0027")
    page.reload()
    expect(field).to_contain_text("4114**********0027")


def test_a_tick_brings_and_takes_away_what_follows(page: Page, kit, links, request):
    code = told(kit, request.node.name)
    page.goto(links.form(code))
    page.get_by_label("邮寄到家").check()
    expect(page.locator("[name=post_address]")).to_be_visible()
    page.get_by_label("统一领取").check()
    expect(page.locator("[name=post_address]")).to_have_count(0)
    ready = page.locator("li", has=page.locator("[data-alone]"))
    ready.locator("input").nth(1).check()
    ready.locator("input").nth(2).check()
    expect(ready).to_contain_text("还缺2样")
    ready.locator("[data-alone]").check()
    expect(ready).not_to_contain_text("还缺2样")
    assert ready.locator("input:checked").count() == 1


def test_a_day_is_picked_or_written(page: Page, kit, links, request):
    code = told(kit, request.node.name, "marriage")
    page.goto(links.form(code))
    field, day = page.locator("#preferred_date-field"), page.locator("[name=preferred_date]")
    page.get_by_label("从日历里选").fill("2026-12-01")
    expect(field.locator(".state")).to_have_text("已存")
    expect(day).to_have_value("2026-12-01")
    day.fill("十二月八号")
    day.press("Enter")
    expect(day).to_have_value("2026-12-08")
    day.fill("")
    day.press("Enter")
    expect(field.locator(".state")).to_have_text("不填")


def test_large_type_is_kept_and_every_target_can_be_hit(page: Page, kit, links, request):
    page.goto(links.form(told(kit, request.node.name)))
    page.get_by_role("switch", name="大字").click()
    page.reload()
    expect(page.locator("html.large")).to_be_attached()
    fits(page)
    page.get_by_role("switch", name="大字").click()
    small = page.evaluate("""[...document.querySelectorAll("button, summary, .ticks label, textarea, input:not(.ticks input)")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)""")
    assert not small


def test_in_wechat_the_way_back_closes_the_page(browser, kit, links):
    code = told(kit, "wechat", "marriage")
    context = browser.new_context(user_agent="Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script("window.WeixinJSBridge = { call: (what) => { document.title = what; } }")
    page.goto(links.form(code))
    tap_through(page)
    page.get_by_role("button", name="填好了").click()
    page.get_by_role("button", name="回到聊天").click()
    expect(page).to_have_title("closeWindow")
    context.close()


def tap_through(page: Page) -> None:
    """Fills in every field that is still open, as its example says; ticks the first of each choice."""
    while page.locator("#fields > .open").count():
        left = page.locator("#left").inner_text()
        field = page.locator(f"#{page.locator('#fields > .open').first.get_attribute('id')}")
        if field.locator(".ticks").count():
            field.locator(".ticks input").first.check()
        else:
            said = re.search("比如：(.+)", field.locator(".small").first.inner_text())[1].strip()
            field.locator("[name]").fill(ID if re.fullmatch(r"\d{17}[\dX]", said) else said)
            page.locator("h1").click()
        expect(field.locator(".state")).to_have_text("已存")
        expect(page.locator("#left")).not_to_have_text(left)


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


# --- in step with the real chat ----------------------------------------------------------------


@pytest.fixture(scope="module")
def beside(hall) -> Iterator[tuple[TestClient, Kit]]:
    """The page on the running house's own database."""
    store = Store(hall.settings.database, hall.settings.data_key.get_secret_value())
    kit = house(store)
    yield TestClient(application(kit, LINKS), follow_redirects=False), kit
    store.engine.dispose()


def to_the_notice(person: Person) -> str:
    person.say("我要结婚登记")
    person.go_on_until("notice")
    return person.last["consultation"]


def fill_all(web: TestClient, kit: Kit, person: Person, code: str) -> None:
    """Fills in on the page whatever the form still has open."""
    left = 1
    while left:
        with turn(kit, talk_key("web", person.session)) as chat:
            first, left = chat.form.pending[0], len(chat.form.pending) - 1
        fill(web, code, first.field.id, example(first)[1])


@pytest.mark.parametrize("word", ["看草稿", "好了", "表我填完了", "谢谢", "1"])
def test_whoever_filled_the_page_is_led_on_in_the_chat(person: Person, beside, word):
    web, kit = beside
    code = to_the_notice(person)
    person.say("开始填表")
    fill_all(web, kit, person, code)
    person.say(word)
    assert person.reply("form"), person.words
    person.go_on_until("handed_in")


def test_whoever_opened_the_page_from_the_notice_goes_on_with_the_filled_form(person: Person, beside):
    web, kit = beside
    fill_all(web, kit, person, to_the_notice(person))
    person.say("开始填表")
    assert person.reply("form"), person.words
    person.go_on_until("handed_in")


def test_what_is_told_in_the_chat_stands_on_the_page_and_the_other_way(person: Person, beside):
    web, kit = beside
    code = to_the_notice(person)
    person.say("开始填表")
    person.say("张小花")
    page = web.get(at(code)).text
    assert "张**" in page and "张小花" not in page
    asked = person.reply("question")["data"]["id"]
    fill(web, code, asked, ID)
    person.say("什么意思")
    assert person.reply("question")["data"]["id"] != asked
    person.go_on_until("handed_in")
    assert web.get(at(code)).status_code == 410
