"""What a clerk registers at the counter or from a parcel, and the contacts that are found again at the desk."""

from kit.migrate import execute_each

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_each("""
        create table registration (
            id uuid primary key,
            door text not null check (door in ('counter', 'post_room')),
            office text not null,
            holder_id text not null,
            holder_name text not null,
            holder_unit text not null,
            opened_at timestamptz not null,
            changed_at timestamptz not null,
            applicant_id text not null,
            draft_id uuid unique references draft on delete set null,
            answers_id uuid references dossier,
            answers_round integer check (answers_round >= 1),
            postal_item text check (postal_item ~ '^[A-Z0-9-]{5,40}$'),
            is_item_overridden boolean not null,
            sender text,
            received_at timestamptz,
            contact jsonb,
            papers jsonb not null,
            items jsonb not null,
            return_way text not null check (return_way in ('online', 'counter', 'postal')),
            return_address text,
            dossier_id uuid references dossier,
            finished_at timestamptz,
            check ((door = 'post_room') = (postal_item is not null)),
            check ((door = 'post_room') = (received_at is not null) or finished_at is not null),
            check ((answers_id is null) = (answers_round is null)),
            check ((dossier_id is null) = (finished_at is null))
        ) with (fillfactor = 80);
        create unique index registration_open_item on registration (office, postal_item) where finished_at is null;
        create index registration_item on registration (office, postal_item, opened_at desc)
            where postal_item is not null;
        create index registration_newest on registration (office, door, opened_at desc);
        create index registration_of_dossier on registration (dossier_id) where dossier_id is not null;

        create table known_contact (
            dossier_id uuid primary key references dossier,
            office text not null,
            applicant_id text not null,
            name text not null,
            organisation text,
            email text not null,
            phone text,
            address text,
            phone_digits text not null,
            words jsonb not null,
            filed_at timestamptz not null
        );
        create index known_contact_phone on known_contact (office, phone_digits) where phone_digits <> '';
        create index known_contact_email on known_contact (office, lower(email)) where email <> '';
        create index known_contact_words on known_contact using gin (words jsonb_path_ops);
    """)
