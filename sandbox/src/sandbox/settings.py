"""What every sandbox's environment must say; each program adds its own."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each program has an environment of its own, so the shared names need no program in them."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_SANDBOX_", frozen=True, extra="ignore")

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(description="HTTP port to listen on", ge=0, le=65535)
    folder: Path = Field(description="where the program keeps its files; may be shared by the programs")
    control_token: SecretStr = Field(description="what a caller of the control address must show as a bearer token")
