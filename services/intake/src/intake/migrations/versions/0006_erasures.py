"""Erasures with their proof, and the objects that are to go: a deleted upload's bytes among them, however it went."""

from kit.migrate import execute_each

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    execute_each("""
        create table erasure (
            id uuid primary key,
            applicant_id text not null,
            request text not null check (length(request) between 1 and 60),
            asked_by text not null,
            erased_at timestamptz not null,
            removed jsonb not null,
            objects_gone_at timestamptz,
            unique (applicant_id, request)
        );
        create index erasure_newest on erasure (erased_at desc, id);

        create table erased_dossier (
            erasure_id uuid not null references erasure,
            dossier_id uuid not null references dossier,
            primary key (erasure_id, dossier_id)
        );

        create table erasure_report (
            erasure_id uuid not null,
            dossier_id uuid not null,
            service text not null,
            removed jsonb not null,
            erased_at timestamptz not null,
            primary key (erasure_id, dossier_id, service)
        );

        create table discarded_object (
            path text primary key,
            erasure_id uuid references erasure
        );
        create index discarded_object_of_erasure on discarded_object (erasure_id) where erasure_id is not null;
        create function discard_upload() returns trigger language plpgsql as $$
            begin insert into discarded_object (path) values (old.path) on conflict do nothing; return null; end $$;
        create trigger upload_discarded after delete on upload for each row execute function discard_upload();

        create index upload_of_applicant on upload (applicant_id);
        create index registration_of_applicant on registration (applicant_id);
        create index known_contact_of_applicant on known_contact (applicant_id);
    """)
