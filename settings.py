"""What an installation may set, read once at the doors and passed inward.

Every value comes from the environment (prefix `YICIBAN_`) or from a file `.env` beside this one.
"""

import hmac
import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent
CHINA = ZoneInfo("Asia/Shanghai")


def as_of() -> date:
    """The day to show: AS_OF=2026-12-31 for a look ahead or back, else today; raises ValueError with the remedy."""
    given = os.environ.get("AS_OF")
    try:
        return date.fromisoformat(given) if given else date.today()
    except ValueError:
        raise ValueError(f"AS_OF={given} 不是日期，请写成 AS_OF=2026-12-31 这样") from None


class Settings(BaseSettings):
    """The settings of one installation; README lists them for the people who run it."""

    model_config = SettingsConfigDict(env_prefix="YICIBAN_", env_file=ROOT / ".env", extra="forbid")

    region: str = Field(default="民权县", description="本地地区名，必须是 knowledge/regions.yml 里的一个")
    host: str = Field(default="127.0.0.1", description="应用监听的地址；对外服务时放在反向代理后面")
    port: int = Field(default=8000, description="应用的端口")
    dialogue_port: int = Field(default=5005, description="对话服务的端口，只在本机监听")
    intake_port: int = Field(default=8100, description="收件服务的端口")
    var: Path = Field(default=ROOT / "var", description="索引、模型、数据库和日志所在的目录")
    database_url: str | None = Field(default=None, description="应用数据库；不填就用 var 下的 SQLite 文件")
    intake_database_url: str | None = Field(default=None, description="收件服务的数据库；不填就用 var 下的 SQLite 文件")
    intake_url: str | None = Field(default=None, description="收件平台的地址；不填就用本机的收件服务")
    receipt_prefix: str = Field(default="MQ", description="收件编号和告知单编号的前缀")
    embed_model: str | None = Field(default=None, description="向量模型的路径或名称；不填就用项目自己训练的模型")
    data_key: SecretStr = Field(description="加密个人信息的口令，至少32个字符；make 第一次运行时生成，保存在 .env", min_length=32)
    keep_days: int = Field(default=30, ge=1, description="没办完的咨询，最后一句话之后保留几天；到期删去回答和表单")
    public_url: str | None = Field(default=None, description="手机上打得开的网址，比如 https://yiciban.example.gov.cn；告知单、表单的链接用它。不填就用本机地址")
    wechat_app_id: str | None = Field(default=None, description="公众号的 AppID；不填就不接微信")
    wechat_app_secret: SecretStr = Field(default=SecretStr(""), description="公众号的 AppSecret")
    wechat_token: SecretStr = Field(default=SecretStr(""), description="公众号「服务器配置」里的令牌（Token）")
    wechat_aes_key: SecretStr = Field(default=SecretStr(""), description="公众号「服务器配置」里的消息加解密密钥（EncodingAESKey），43 位；明文模式不填")
    wechat_api: str = Field(default="https://api.weixin.qq.com", description="微信接口的地址；试用时指向替身")
    wechat_templates: dict[str, str] = Field(default={}, description="模板消息的编号：收件 received、补正 faults、受理 accepted、办结 done")
    wechat_sim: bool = Field(default=False, description="开发用：没有公众号也能试，同时起一个微信的替身，页面在 /wechat-sim")
    wechat_sim_port: int = Field(default=8200, description="替身的端口")
    dialogue_timeout: float = Field(default=20.0, description="等对话服务回话最多几秒")

    @property
    def actions_token(self) -> str:
        """What the dialogue server shows the action webhook; derived, so that there is one secret to keep."""
        return hmac.digest(self.data_key.get_secret_value().encode(), b"actions", "sha256").hex()

    @property
    def address(self) -> str:
        """Where phones reach the application."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def dialogue_url(self) -> str:
        """Where the dialogue server listens."""
        return f"http://127.0.0.1:{self.dialogue_port}"

    @property
    def intake_address(self) -> str:
        """Where drafts are handed in."""
        return self.intake_url or f"http://127.0.0.1:{self.intake_port}"

    @property
    def database(self) -> str:
        """URL of the application's database."""
        return self.database_url or f"sqlite:///{self.var / 'yiciban.db'}"

    @property
    def intake_database(self) -> str:
        """URL of the intake service's database."""
        return self.intake_database_url or f"sqlite:///{self.var / 'intake.db'}"
