"""Timers, the due times they belong to, and the crossings; drafts of apologies that the system proposes."""

from kit.migrate import execute_each

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    execute_each("""
        create table deadline (
            dossier_id uuid not null, about text not null, run integer not null,
            due_version integer not null check (due_version >= 1), due_at timestamptz not null,
            primary key (dossier_id, about, run)
        );
        create table timer (
            dossier_id uuid not null, about text not null, run integer not null, kind text not null,
            due_version integer not null, fire_at timestamptz not null,
            primary key (dossier_id, about, run, kind)
        ) with (autovacuum_vacuum_scale_factor = 0.02);
        create index timer_fire_at on timer (fire_at);
        create table crossing (
            dossier_id uuid not null references cases, about text not null, run integer not null, kind text not null,
            due_version integer not null, due_at timestamptz not null, crossed_at timestamptz not null,
            is_said boolean not null,
            primary key (dossier_id, about, run, kind, due_version)
        );
        alter table cases add apology_proposed_at timestamptz;
        create index cases_apology_proposed on cases (office) where apology_proposed_at is not null;
    """)
