"""What the postal sandbox's environment must say."""

from pydantic import Field, SecretStr

from sandbox.settings import Settings


class PostSettings(Settings):
    consumer_key: str = Field(description="who asks for a token")
    consumer_secret: SecretStr = Field(description="what proves it")
    customer_code: str = Field(description="CustomerCode that orders must carry")
    token_seconds: int = Field(3600, description="how long a token holds, in real time")
