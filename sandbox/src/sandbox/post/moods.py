"""What the postal sandbox can be told to do wrong."""

from pydantic import Field

from sandbox.control import Moods, Times


class PostMoods(Moods):
    fail_http: Times = Field(False, description="answer 503 to an order")
    refuse_order: Times = Field(False, description="answer that the order is not taken")
    drop_after_keeping: Times = Field(False, description="keep the order, then answer 504")
    fail_tracking: Times = Field(False, description="answer 503 to a tracking poll")
    repeat_events: Times = Field(False, description="a tracking poll tells its last event once more")
