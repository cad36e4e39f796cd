"""Writes `.env` with a fresh secret for this installation, once."""

import secrets
from pathlib import Path

path = Path(".env")
if not path.exists() or "YICIBAN_DATA_KEY=" not in path.read_text("utf-8"):
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"YICIBAN_DATA_KEY={secrets.token_urlsafe(48)}\n")
    print("已生成加密口令，保存在 .env。请备份：丢了它，存下的个人信息就再也打不开。")
