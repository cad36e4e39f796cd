"""A problem in a knowledge file, told to the official who can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Problem:
    """One problem: in which file, where in it, what is wrong, and what to do."""

    file: str
    place: str
    what: str
    remedy: str

    def within(self, file: str) -> "Problem":
        """The same problem, placed in a file."""
        return replace(self, file=file)

    def __str__(self) -> str:
        where = f"{self.file} {self.place}".strip()
        return (f"{where}：" if where else "") + f"{self.what}。{self.remedy}。"


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """The same fault in many files (a shared module's, say) told once, with how many files it is in."""
    files: dict[tuple[str, str, str], dict[str, None]] = {}
    for problem in problems:
        files.setdefault((problem.place, problem.what, problem.remedy), {})[problem.file] = None
    return [Problem(next(iter(where)) + (f" 等 {len(where)} 个文件" if len(where) > 1 else ""), *what) for what, where in files.items()]


class CatalogueError(Exception):
    """The knowledge cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems = told_once(problems)
        super().__init__(f"知识库有 {len(problems)} 处问题：\n" + "\n".join(f"  {n}. {problem}" for n, problem in enumerate(problems, 1)))
