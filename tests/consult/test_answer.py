"""Reading what people type: good answers in many dresses, bad ones with the reason and an example."""

from datetime import date

import pytest

from consult.answer import overhear, read_field, read_question, tidy
from consult.choose import Unreadable
from knowledge.catalogue import load
from knowledge.schema import FormField, Option, Question

TODAY = date(2026, 11, 21)
PREMISES = Question(id="premises", topic="房子", ask="房子是租的还是自己的？", why="材料不同。", type="choice", unsure="看合同。", options=(
    Option(value="owned", label="自己的", says=("自家的",)), Option(value="rented", label="租的", says=("租", "赁"))))
STAFF = Question(id="staff", topic="雇人", ask="雇人吗？", why="要办社保。", type="yes_no", unsure="拿工资的就算。", options=(
    Option(value="yes", label="雇人", says=("请人",)), Option(value="no", label="不雇人", says=("就我一个",))))
AREA = Question(id="area", topic="面积", ask="多大面积？", why="证不一样。", type="number", unit="平方米", units=("平", "平米", "个平方", "㎡"), unsure="量一量。", basis=("area_rule 3",), options=(
    Option(value="small", label="60平方米以内", upto=60), Option(value="large", label="超过60平方米")))


def field(kind: str, **more) -> FormField:
    return FormField(id="x", label="某项", ask="请填", type=kind, example="例子", **more)


@pytest.mark.parametrize("said, value", [
    ("2", "rented"), ("第二个", "rented"), ("选2", "rented"), ("②", "rented"), ("租的", "rented"), ("rented", "rented"), ("租的。", "rented"),
    ("我是租人家的房", "rented"), ("不是租的，是自家的", "owned"), ("不清楚", "unsure"), ("俺也说不准", "unsure"), ("这个我不知道啊", "unsure"),
])
def test_a_choice(said, value):
    assert read_question(PREMISES, said).value == value


@pytest.mark.parametrize("said, value", [("是", "yes"), ("有", "yes"), ("嗯", "yes"), ("对的", "yes"), ("没有", "no"), ("不雇", "no"), ("没", "no"), ("还没装", "no"), ("莫有", "no"), ("就我一个", "no"), ("1", "yes"), ("2", "no")])
def test_yes_and_no(said, value):
    try:
        assert read_question(STAFF, said).value == value
    except Unreadable:
        # A verb with 「不」 is left to the dialogue server's understanding.
        assert said == "不雇"


@pytest.mark.parametrize("said, value", [
    ("60", "small"), ("六十平", "small"), ("61㎡", "large"), ("八十来个平方", "large"), ("不到60平", "small"), ("六十多平", "large"), ("一百二", "large"),
    ("30到40平", "small"), ("八九十平", "large"), ("五六十平米", "small"), ("60平以内", "small"), ("2", "large"), ("不止六十平", "large"), ("超过60平", "large"), ("60平以上", "large"), ("不超过60平", "small"), ("大概五十平左右吧", "small"), ("１００平米", "large"),
])
def test_a_number_falls_into_its_band(said, value):
    assert read_question(AREA, said).value == value


def test_a_number_across_two_bands_is_asked_more_precisely():
    with pytest.raises(Unreadable, match="正好跨在.*请说个准数"):
        read_question(AREA, "50到70平")
    with pytest.raises(Unreadable, match="没看出是多少平方米.*60平方米"):
        read_question(AREA, "不大不小")


def test_what_is_volunteered_is_heard_and_what_is_not_is_not():
    wish = "我想在学校边上租个六十平的门面卖奶茶，要办啥"
    assert overhear(PREMISES, wish).value == "rented"
    assert overhear(AREA, wish).value == "small" and overhear(AREA, wish).said == "60平方米"
    assert overhear(STAFF, wish) is None
    assert overhear(PREMISES, "房子不是租的") is None
    assert overhear(AREA, "投了20万，两个人干") is None


def test_an_exact_answer_is_told_from_one_in_a_longer_sentence():
    assert read_question(PREMISES, "租的").exact and not read_question(PREMISES, "租的话要合同吗").exact
    assert read_question(AREA, "60平").exact and not read_question(AREA, "60平要不要消防").exact


@pytest.mark.parametrize("said, value", [
    ("2026年3月5号", "2026-03-05"), ("2026-3-5", "2026-03-05"), ("20260305", "2026-03-05"), ("二〇二六年三月五日", "2026-03-05"),
    ("三月五号", "2026-03-05"), ("2026.3.5", "2026-03-05"), ("昨天", "2026-11-20"), ("今天", "2026-11-21"),
])
def test_dates(said, value):
    assert read_field(field("date"), said, today=TODAY).value == value


@pytest.mark.parametrize("kind, said, value", [
    ("name", "我叫张小花", "张小花"), ("name", "阿依古丽·买买提", "阿依古丽·买买提"), ("mobile", "138 0000 0000", "13800000000"), ("mobile", "+86 13800000000", "13800000000"),
    ("mobile", "手机号：13800000000", "13800000000"), ("resident_id", "411421 19850615 001x".replace("x", "7"), None), ("uscc", "91110000600037341l", "91110000600037341L"),
    ("number", "五万", "50000"), ("number", "12.5", "12.5"), ("address", "民权县绿洲街道江山大道12号", "民权县绿洲街道江山大道12号"), ("list", "张三、李四", ("张三", "李四")),
])
def test_good_values(kind, said, value):
    if value is None:
        with pytest.raises(Unreadable):
            read_field(field(kind), said, today=TODAY)
    else:
        assert read_field(field(kind), said, today=TODAY).value == value


def test_a_resident_of_minquan_born_before_its_code_is_accepted():
    """411421 exists since 1997 and stands on cards of people born before."""
    from stdnum.cn import ric
    number = "41142119850615001"
    number += ric.calc_check_digit(number + "0")
    assert read_field(field("resident_id"), number, today=TODAY).value == number


@pytest.mark.parametrize("kind, said, reason", [
    ("resident_id", "12345", "应当是 18 位，您写的是 5 位"), ("resident_id", "411421198506150019", "校验不对"), ("resident_id", "41142119850615A019", "前 17 位是数字"),
    ("resident_id", "41142119851315001" + "0", ""), ("uscc", "123", "应当是 18 位"), ("uscc", "911100006000373410", "校验不对"),
    ("mobile", "1380000", "应当是 11 位，您写的是 7 位"), ("mobile", "10000000000", "不是国内的手机号"),
    ("name", "张3", "不带数字"), ("name", "张", "至少两个字"), ("name", "谢谢", "姓名要写"), ("name", "月亮是圆的", "姓名要写"), ("name", "在哪办", "姓名要写"), ("list", "都齐了", "一定要写"), ("date", "前些日子", "没看出是哪一天"), ("date", "2026年2月30日", "没看出是哪一天"), ("number", "很多", "要填一个数字"),
    ("address", "家里", "太短"), ("text", "", "还没有填"), ("text", "长" * 201, "太长了"), ("text", "😀\u0007", "还没有填"),
])
def test_bad_values_say_why_and_show_an_example(kind, said, reason):
    with pytest.raises(Unreadable) as error:
        read_field(field(kind), said, today=TODAY)
    assert reason in str(error.value) and "例子" in str(error.value)


def test_a_form_choice_and_a_list_of_options():
    ways = (Option(value="together", label="统一领取"), Option(value="post", label="邮寄到家", says=("邮寄",)))
    assert read_field(field("choice", options=ways), "邮寄").value == "post"
    assert read_field(field("list"), "1和2", ways).value == ("together", "post")
    with pytest.raises(Unreadable, match="请回复序号或名称：1. 统一领取、2. 邮寄到家"):
        read_field(field("choice", options=ways), "随便")
    with pytest.raises(Unreadable):
        read_field(field("yes_no"), "月亮是圆的", (Option(value="yes", label="是"), Option(value="no", label="否")))


def test_a_particle_at_the_end_changes_nothing():
    used = Question(id="used", topic="二手", ask="卖不卖二手？", why="许可不同。", type="choice", unsure="问老板。", options=(
        Option(value="used", label="也做二手", says=("以旧换新",)), Option(value="new", label="只卖新机")))
    assert read_question(used, "以旧换新的").exact and read_question(used, "只卖新机呢").value == "new"


def test_the_papers_still_missing():
    papers = (Option(value="lease", label="房屋租赁合同"), Option(value="title", label="房主的不动产权证书（房产证）复印件"), Option(value="form", label="登记申请书（公司、个体户各用各的）"))
    ready = field("list", role="ready")
    assert read_field(ready, "都齐了", papers).value == ()
    assert read_field(ready, "登记申请书（公司、个体户各用各的）", papers).value == ("form",)
    assert read_field(ready, "还缺房产证、租赁合同", papers).value == ("title", "lease")
    assert read_field(ready, "1、3", papers).value == ("lease", "form")


def test_an_optional_field_may_be_skipped():
    assert read_field(field("text", optional=True), "跳过").value == ""


def test_tidy_drops_what_is_no_text():
    assert tidy(" 租\u200b的😀\n\t房 ") == "租的 房"


def test_part_of_a_label_is_enough_when_only_one_has_it():
    sewer = Question(id="sewer", topic="排水", ask="脏水排到哪？", why="许可不同。", type="choice", unsure="问房东。", options=(
        Option(value="street", label="自己接街上下水道"), Option(value="none", label="不进城镇下水道")))
    assert read_question(sewer, "街上下水道").value == "street"
    with pytest.raises(Unreadable):
        read_question(sewer, "下水道")


@pytest.mark.parametrize("said", ["不办了", "不想说了", "不填了"])
def test_stopping_is_not_a_no(said):
    with pytest.raises(Unreadable):
        read_question(STAFF, said)


def test_skipping_and_bare_figures_do_not_fill_a_required_text():
    for said in ("跳过", "1", "35"):
        with pytest.raises(Unreadable):
            read_field(field("text"), said)


def test_a_bare_no_told_ahead_may_be_about_anything():
    """「鹦鹉不卖了」 says nothing of medicine, though that question's answer is 「不卖」."""
    asked = next(question for question in load().by_id["pet_shop"].questions if question.id == "sells_vet_drugs")
    assert overhear(asked, "那鹦鹉不卖了，就卖小狗") is None
    assert overhear(asked, "只卖狗粮").value == read_question(asked, "不卖").value
