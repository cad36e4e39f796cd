"""Working days on the real Chinese calendar (法定节假日 and 调休 as the State Council announces them)."""

from datetime import date, timedelta

import chinese_calendar
from chinese_calendar.constants import holidays

LAST_ANNOUNCED = max(holidays).year


def add_working_days(start: date, days: int) -> date:
    """The day on which a limit of `days` working days ends that begins to run after `start`.

    Zero days means the same day if it is a working day, else the next one.
    """
    day = start
    while not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    """Whether offices are open; after the last announced year, Monday to Friday."""
    if is_announced(day):
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5


def is_announced(day: date) -> bool:
    """Whether the holiday arrangement of that year is known."""
    return day.year <= LAST_ANNOUNCED
