"""Rasa with its slow places mended: `python -m bot run …` is `rasa run …`."""

from rasa.__main__ import main

from bot.quick import mend

if __name__ == "__main__":
    mend()
    main()
