"""What the platform's answer to QUERY says of a transaction. Reads; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from payments.domain.digest import as_text
from payments.domain.result import PAID, Result, read_result


class Standing(StrEnum):
    """TrangThaiGD in words. `unknown`: the platform does not know the transaction, or did not answer the question."""

    PAID = "paid"
    PENDING = "pending"
    FAILED = "failed"
    UNKNOWN = "unknown"


# 2 is described nowhere: the final state is not known, so it is asked about again.
STANDINGS = {"1": Standing.PAID, "2": Standing.PENDING, "3": Standing.PENDING, "4": Standing.FAILED}


@dataclass(frozen=True)
class Answer:
    """`result` is the answer read as a result message; its own code is the query's, so it is not the payment's."""

    standing: Standing
    result: Result


def read_answer(message: Mapping[str, Any]) -> Answer:
    """An answer to QUERY. MaLoi says only whether the question was answered."""
    result = read_result(message)
    state = as_text(message.get("TrangThaiGD"))
    standing = STANDINGS.get(state, Standing.UNKNOWN) if result.code == PAID else Standing.UNKNOWN
    code = PAID if standing is Standing.PAID else f"TrangThaiGD {state}" if state else f"MaLoi {result.code}"
    return Answer(standing, replace(result, code=code))
