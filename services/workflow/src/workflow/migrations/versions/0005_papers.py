"""Slips are kept under what they are for, since their numbers change with the act; what a QR on paper leads to."""

from kit.migrate import execute_each

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute_each("""
        update slip set form = 'acceptance' where form = '01';
        update slip set form = 'supplement' where form = '02';
        update slip_series set form = 'acceptance' where form = '01';
        update slip_series set form = 'supplement' where form = '02';

        create table paper (
            token text primary key check (length(token) >= 22),
            office text not null, form text not null, number text not null, name_vi text not null,
            dossier_id uuid references cases, code text not null,
            object jsonb not null, issued_at timestamptz not null
        );
        create index paper_dossier on paper (dossier_id);
        create trigger paper_only_added before update or delete on paper
            for each row execute function only_added();
    """)
