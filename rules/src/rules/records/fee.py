"""A fee table (biểu phí): amounts by item, and the dated factors that change them."""

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from rules.records.cited import Dated, Entry, Identifier, Record, Text


def _exact(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str):
        raise ValueError(  # noqa: TRY004  pydantic tells the file's author of a ValueError
            'write a factor as text, for instance "0.9": money knows no binary fractions'
        )
    return Fraction(value)


Factor = Annotated[Fraction, BeforeValidator(_exact)]


class FeeItem(Entry):
    """What one device (or system, or certificate) of this kind costs for a new licence."""

    key: Identifier
    name_vi: Text
    name_en: Text
    amount_vnd: Annotated[int, Field(ge=0)]
    per: Literal["device", "system", "certificate"]


class Tier(Entry):
    from_quantity: Annotated[int, Field(ge=1)]
    factor: Factor

    model_config = ConfigDict(arbitrary_types_allowed=True)


class FeeModifier(Dated):
    """A factor on the whole sum: for an action, a channel, or the number of items. Not `enabled`: known, never used."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    key: Identifier
    kind: Literal["action", "channel", "quantity"]
    applies_to: str | None = None
    factor: Factor | None = None
    tiers: tuple[Tier, ...] = ()
    enabled: bool = True
    reason_vi: Text
    reason_en: Text

    def factor_for(self, quantity: int) -> Fraction:
        """The factor of this modifier for so many items; tiers are written in rising order."""
        if self.factor is not None:
            return self.factor
        reached = [tier.factor for tier in self.tiers if quantity >= tier.from_quantity]
        return reached[-1] if reached else Fraction(1)


class FeeTable(Record):
    """Amounts in whole đồng, and who collects them."""

    name_vi: Text
    name_en: Text
    kind: Literal["phí", "lệ phí"]
    collected_by_vi: Text
    items: Annotated[tuple[FeeItem, ...], Field(min_length=1)]
    modifiers: tuple[FeeModifier, ...] = ()
    remit: str | None = None
    retention: str | None = None

    def item(self, key: str) -> FeeItem | None:
        return next((one for one in self.items if one.key == key), None)
