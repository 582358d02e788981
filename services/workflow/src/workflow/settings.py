"""What the environment must say to workflow. Only `main` reads it."""

from pydantic import Field, SecretStr

from kit.settings import ServiceSettings
from workflow.domain.posting import PostState

# The real codes are not public: a site sets its own, and no guess of ours stands in for them.
SANDBOX_STATES = {
    1: PostState.ACCEPTED,
    2: PostState.IN_TRANSIT,
    3: PostState.OUT_FOR_DELIVERY,
    4: PostState.FAILED_ATTEMPT,
    5: PostState.DELIVERED,
    6: PostState.RETURNING,
    7: PostState.RETURNED,
    8: PostState.LOST,
}


class WorkflowSettings(ServiceSettings):
    """The settings every service shares, and the public postal service."""

    post_url: str = Field(description="where the postal service's interface is, without a slash at the end")
    post_consumer_key: SecretStr = Field(description="who we are to it")
    post_consumer_secret: SecretStr = Field(description="what proves it")
    post_customer_code: str = Field(description="CustomerCode of our orders")
    post_taken_status: str = Field("00", description="Status of an order that was taken; unconfirmed, the sandbox's")
    post_states: dict[int, PostState] = Field(
        SANDBOX_STATES, description="which StatusCode of the tracking means which state; unconfirmed, the sandbox's"
    )
    post_timeout_seconds: float = Field(10, gt=0, description="how long an answer may take")
    post_pause_seconds: float = Field(5, gt=0, description="between two readings of a tracking that says nothing new")
