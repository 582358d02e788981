"""Which number of a result's own series was taken for which dossier, and which was given up: no gap without a word."""

from kit.migrate import execute_each

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    execute_each("""
        create table result_number (
            office text not null, year integer not null, number integer not null check (number >= 1),
            dossier_id uuid not null references cases, printed text not null, taken_at timestamptz not null,
            voided_at timestamptz, why_not_vi text not null default '',
            primary key (office, year, number),
            constraint voided_says_why check ((voided_at is null) = (why_not_vi = ''))
        );
        create unique index result_number_held on result_number (dossier_id) where voided_at is null;
        insert into result_number (office, year, number, dossier_id, printed, taken_at)
            select office,
                cast(extract(year from coalesce(finished_at, since) at time zone 'Asia/Ho_Chi_Minh') as integer),
                cast(substring(result_number from '[0-9]+') as integer),
                dossier_id, result_number, coalesce(finished_at, since)
            from cases where result_number ~ '[0-9]'
            order by coalesce(finished_at, since)
            on conflict do nothing;
    """)
