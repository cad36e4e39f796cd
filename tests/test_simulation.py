"""A few of the made-up citizens of `make simulate`, one for each of the first 25 guides: each arrives, told and handed in exactly as the engine says."""

from datetime import datetime

from intake import register
from knowledge.catalogue import load
from simulate.__main__ import run


def test_made_up_citizens_arrive(hall):
    ended = list(run(hall, load().on(datetime.now(register.CHINA).date()), count=25, seed=5))
    wrong = [f"{one.guide}：{one.fault}\n" + "\n".join(one.transcript) for one in ended if one.fault]
    assert not wrong, "\n\n".join(wrong)
    assert sum(one.turns for one in ended) > 25 * 10
