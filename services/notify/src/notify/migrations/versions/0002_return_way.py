"""How the applicant wants the result: letters say where it waits."""

from kit.migrate import execute_each

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_each("""
        alter table dossier add column return_way varchar;
    """)
