"""Demands, attempts, raw messages, the ledger, differences, receipts."""

from kit.migrate import execute_each

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_each("""
        create table dossier (
            id uuid primary key, applicant_id varchar, arrival_number varchar, code varchar
        );
        create index dossier_applicant on dossier (applicant_id);
        create index dossier_code on dossier (code);

        create table demand (
            id uuid primary key, dossier_id uuid not null, notice varchar not null,
            arrival_number varchar not null, procedure_id varchar not null, procedure_version varchar not null,
            office varchar not null, contact varchar not null, lines jsonb not null, factor varchar not null,
            amount_vnd bigint not null check (amount_vnd > 0), legal_basis jsonb not null,
            demanded_at timestamptz not null,
            state varchar not null check (state in ('open', 'paid', 'replaced')), paid_at timestamptz,
            check ((state = 'paid') = (paid_at is not null)),
            unique (dossier_id, notice)
        );
        create unique index demand_one_open on demand (dossier_id) where state = 'open';
        create index demand_newest on demand (demanded_at desc, id desc);
        create index demand_arrival_number on demand (arrival_number);

        create table attempt (
            id uuid primary key, demand_id uuid not null references demand (id),
            reference varchar not null unique, sent_time varchar not null,
            amount_vnd bigint not null check (amount_vnd > 0),
            started_at timestamptz not null, ask_at timestamptz not null,
            state varchar not null check (
                state in ('started', 'open', 'unknown', 'set_aside', 'refused', 'failed', 'paid')),
            asked integer not null, pay_url varchar, platform_code varchar, transaction_code varchar,
            result_time varchar,
            check (state <> 'open' or pay_url is not null),
            check (state <> 'paid' or (transaction_code is not null and result_time is not null))
        );
        create unique index attempt_one_live on attempt (demand_id) where state in ('started', 'open', 'unknown');
        create index attempt_of_demand on attempt (demand_id, started_at);
        create index attempt_to_ask on attempt (ask_at) where state in ('started', 'open', 'unknown', 'set_aside');

        create table platform_message (
            id bigint generated always as identity primary key,
            source varchar not null check (source in ('notification', 'query')),
            body varchar not null, verdict varchar not null,
            attempt_id uuid references attempt (id), received_at timestamptz not null
        );
        create index platform_message_of_attempt on platform_message (attempt_id);

        create table booking (
            id uuid primary key, demand_id uuid not null references demand (id),
            kind varchar not null check (kind in ('demanded', 'paid', 'withdrawn')),
            amount_vnd bigint not null check (amount_vnd > 0),
            way varchar check (way in ('payment_platform', 'cash', 'transfer')), transaction_code varchar,
            value_at timestamptz not null, booked_at timestamptz not null,
            check ((kind = 'paid') = (way is not null and transaction_code is not null)),
            unique (demand_id, kind)
        );
        create index booking_newest on booking (booked_at desc, id desc);

        create table entry (
            id bigint generated always as identity primary key,
            booking_id uuid not null references booking (id), account varchar not null,
            debit_vnd bigint not null check (debit_vnd >= 0), credit_vnd bigint not null check (credit_vnd >= 0),
            check ((debit_vnd = 0) <> (credit_vnd = 0))
        );
        create index entry_of_booking on entry (booking_id);
        create index entry_of_account on entry (account);

        create table difference (
            id uuid primary key, kind varchar not null, fingerprint varchar not null unique,
            demand_id uuid references demand (id), reference varchar not null,
            expected_vnd bigint, received_vnd bigint, noticed_at timestamptz not null,
            settled_at timestamptz, settled_by varchar, settlement varchar,
            check ((settled_at is null) = (settled_by is null)),
            check ((settled_at is null) = (settlement is null))
        );
        create index difference_open on difference (noticed_at) where settled_at is null;
        create index difference_of_demand on difference (demand_id);

        create table receipt (
            demand_id uuid primary key references demand (id), attempt_id uuid not null references attempt (id),
            ask_at timestamptz not null, asked integer not null,
            path varchar, sha256 varchar, size integer, kept_at timestamptz,
            check ((path is null) = (kept_at is null)),
            check ((path is null) = (sha256 is null))
        );
        create index receipt_to_ask on receipt (ask_at) where path is null;

        create function refuse_change() returns trigger language plpgsql as $$
            begin raise exception 'the ledger and its messages are only added to'; end $$;
        create trigger entry_append_only before update or delete on entry
            for each row execute function refuse_change();
        create trigger booking_append_only before update or delete on booking
            for each row execute function refuse_change();
        create trigger platform_message_append_only before update or delete on platform_message
            for each row execute function refuse_change();

        create function check_booking_balances() returns trigger language plpgsql as $$
            declare debited bigint; credited bigint; begin
            select coalesce(sum(debit_vnd), 0), coalesce(sum(credit_vnd), 0) into debited, credited from entry where booking_id = new.id; if debited <> new.amount_vnd or credited <> new.amount_vnd then raise exception 'booking % does not balance', new.id; end if; return null; end $$;
        create constraint trigger booking_balances after insert on booking
            deferrable initially deferred for each row execute function check_booking_balances();
    """)  # noqa: E501 - a function's body stands on one line: statements are parted at line ends
