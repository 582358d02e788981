"""An attempt keeps the code of its dossier as the platform was told it: a repeat of the call says the same."""

from kit.migrate import execute_each

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute_each("alter table attempt add column dossier_code varchar;")
