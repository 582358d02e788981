"""What the identity sandbox can be told to do wrong."""

from pydantic import Field

from sandbox.control import Moods, Times


class IdentityMoods(Moods):
    fail_token: Times = Field(False, description="the token endpoint answers 503")
    wrong_nonce: Times = Field(False, description="the id_token carries another nonce than was asked")
    foreign_signature: Times = Field(False, description="the id_token is signed with a key that is not published")
