"""What a province decides differently from the nation for one procedure, dated and with its act."""

from pydantic import Field

from rules.records.cited import Entry, Identifier, Record, Text
from rules.records.component import Component
from rules.records.limit import Channel, Limit
from rules.records.procedure import OnlineLevel, Procedure
from rules.records.process import Role


class Decider(Entry):
    """Who decides there (R22), in a role and as a result names them."""

    role: Role
    title_vi: Text


class Overlay(Record):
    """Whatever is empty stays as the nation has it. `versions` narrows it to those of the procedure; empty is all."""

    office_id: Identifier
    procedure_id: Identifier
    versions: tuple[Text, ...] = ()
    limit: Limit | None = None
    check_limit: Limit | None = None
    check_limit_by_channel: dict[Channel, Limit] = Field(default_factory=dict)
    online_level: OnlineLevel | None = None
    extra_components: tuple[Component, ...] = ()
    decider: Decider | None = None
    process_id: Identifier | None = None

    def covers(self, office_id: str, procedure: Procedure) -> bool:
        mine = self.office_id == office_id and self.procedure_id == procedure.id
        return mine and (not self.versions or procedure.version in self.versions)
