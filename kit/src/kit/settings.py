"""What the environment must say to any service. No default for a secret; only `main` of a service reads it."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class KafkaSettings(BaseSettings):
    """Where the brokers are and how topics are made: the same for every service of an installation."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True, extra="ignore")

    kafka_bootstrap: str = Field(min_length=1, description="host:port of the brokers, comma-separated")
    topic_partitions: int = Field(default=6, ge=1, description="partitions of each topic")
    topic_copies: int = Field(default=1, ge=1, description="copies of each topic; with 3, two must have a record")
    topic_retention_days: int | None = Field(default=None, ge=1, description="days records are kept; nothing: for ever")


class ServiceSettings(KafkaSettings):
    """Settings every service shares; each service adds its own. Environment names begin with `MOTCUA_`."""

    environment: Literal["demo", "test", "production"] = Field(description="only demo and test may move the clock")
    database_url: SecretStr = Field(description="postgresql://user:password@host:port/database of this service")
    objects_url: str = Field(description="where packages, slips and results lie: file:///folder or s3://bucket")
    public_url: str = Field(description="the one address people use, e.g. https://motcua.example")
    issuer: str = Field(description="the OpenID provider's issuer address")
    client_id: str = Field(description="this service's OpenID client")
    client_secret: SecretStr = Field(description="the client's secret")
    session_secret: SecretStr = Field(description="signs this service's session cookie")
    office: str = Field(description="the office this installation serves, an id of the rules' office data")
    listen_host: str = Field(default="127.0.0.1", description="where the API listens")
    listen_port: int = Field(description="where the API listens")
    worker_port: int | None = Field(default=None, description="where a worker of its own answers health and metrics")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        description="an OpenTelemetry collector that takes traces by OTLP over HTTP, e.g. http://collector:4318",
    )
    trace_ratio: float = Field(default=1.0, ge=0, le=1, description="the share of requests whose traces are recorded")
