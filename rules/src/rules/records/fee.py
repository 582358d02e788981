"""A fee table (biểu phí): amounts by item, and the dated factors that change them."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from rules.records.cited import Dated, Entry, Identifier, Record, Source, Text

NO_FEE = "FEE-NONE"  # the table of procedures that cost nothing; a procedure whose fee nobody published names no table


def _exact(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str):
        raise ValueError(  # noqa: TRY004  pydantic tells the file's author of a ValueError
            'write a factor as text, for instance "0.9": money knows no binary fractions'
        )
    return Fraction(value)


Factor = Annotated[Fraction, BeforeValidator(_exact)]


class Percentage(Entry):
    """Per cent of a value in đồng, never under the floor nor over the ceiling; `of` says which value that is."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    percent: Factor
    floor_vnd: Annotated[int, Field(ge=0)]
    ceiling_vnd: Annotated[int, Field(ge=0)]
    of_vi: Text
    of_en: Text

    @property
    def written(self) -> str:
        """The percent in decimals, `0.1`."""
        return f"{Decimal(self.percent.numerator) / Decimal(self.percent.denominator):f}"

    def amount_of(self, value_vnd: int) -> Fraction:
        """Exact; rounding is for whoever adds it up."""
        share = self.percent * value_vnd / 100
        return min(max(share, Fraction(self.floor_vnd)), Fraction(self.ceiling_vnd))


class FeeItem(Entry):
    """What one device (or system, certificate, plan, notice, dossier) of this kind costs, or one contract by its value.

    No amount and no percentage: no act that we read names the amount (R14).
    """

    key: Identifier
    name_vi: Text
    name_en: Text
    amount_vnd: Annotated[int, Field(ge=0)] | None
    percentage: Percentage | None = None
    per: Literal["device", "system", "certificate", "plan", "notice", "dossier", "contract"]
    sources: tuple[Source, ...] = ()
    unconfirmed: bool = False
    note: str | None = None

    @property
    def is_priced(self) -> bool:
        return self.amount_vnd is not None or self.percentage is not None


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
    """Amounts in whole đồng, and who collects them. A later version has the same id and begins when this one ends.

    The kind `none` has no items: the procedure costs nothing, and this record says which source has it so.
    """

    name_vi: Text
    name_en: Text
    kind: Literal["phí", "lệ phí", "none"]
    collected_by_vi: Text | None = None
    items: tuple[FeeItem, ...] = ()
    modifiers: tuple[FeeModifier, ...] = ()
    remit: str | None = None
    retention: str | None = None

    def item(self, key: str) -> FeeItem | None:
        return next((one for one in self.items if one.key == key), None)
