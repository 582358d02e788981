"""Money taken at the desk, demands that end with their dossier, and what becomes of money that came too late."""

from kit.migrate import execute_each

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_each("""
        alter table demand drop constraint demand_state_check;
        alter table demand add constraint demand_state_check
            check (state in ('open', 'paid', 'replaced', 'cancelled'));

        alter table booking drop constraint booking_kind_check;
        alter table booking add constraint booking_kind_check
            check (kind in ('demanded', 'paid', 'withdrawn', 'refunded'));
        alter table booking drop constraint booking_check;
        alter table booking add constraint moved_money_has_way
            check ((kind in ('paid', 'refunded')) = (way is not null and transaction_code is not null));

        create table desk_receipt (
            demand_id uuid primary key references demand (id),
            office varchar not null, year integer not null, number integer not null,
            way varchar not null check (way in ('cash', 'transfer')), reference varchar not null,
            received_at timestamptz not null, received_by varchar not null, received_by_name varchar not null,
            unique (office, year, number)
        );
        create table desk_series (
            office varchar not null, year integer not null, last integer not null, primary key (office, year)
        );
        create trigger desk_receipt_append_only before update or delete on desk_receipt
            for each row execute function refuse_change();

        alter table difference add decision varchar check (decision in ('refund', 'keep'));
    """)
