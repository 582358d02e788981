"""What was filed, over all packages of a case: the newest sheets of each form, every file. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.packages import Sheets
from workflow.domain.case import StoredFile


@dataclass(frozen=True)
class FiledFile:
    """One file of a component. `number` counts the case's files from 1; `package` 1 is what was filed first."""

    number: int
    package: int
    component: str
    name: str
    media_type: str
    pages: int | None
    stored: StoredFile


@dataclass(frozen=True)
class Dossier:
    """The whole of what was filed."""

    forms: Sheets = field(default_factory=dict)
    files: tuple[FiledFile, ...] = ()

    def files_of(self, component: str) -> list[FiledFile]:
        return [file for file in self.files if file.component == component]

    def newest_files_of(self, component: str) -> list[FiledFile]:
        """What holds of a component: a supplement's files take the place of those filed before."""
        found = self.files_of(component)
        newest = max((file.package for file in found), default=0)
        return [file for file in found if file.package == newest]

    def file_counts(self) -> dict[str, int]:
        return dict(Counter(file.component for file in self.files))

    def file(self, number: int) -> FiledFile | None:
        return next((file for file in self.files if file.number == number), None)


def newest_sheets(packages: Iterable[Sheets]) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The sheets of each form as last filed; `packages` come oldest first."""
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for forms in packages:
        found |= {form_id: sheets for form_id, sheets in forms.items() if sheets}
    return found
