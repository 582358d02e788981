"""What the service index asks of a dossier is kept when it comes in (R20), and counted from an index that holds it."""

from kit.migrate import execute_each

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    execute_each("""
        alter table dossier add is_digitised boolean, add has_reused boolean;
        create index dossier_figures on dossier (office, channel, is_digitised, has_reused);
    """)
