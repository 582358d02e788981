"""Drafts, uploads, dossiers with their packages and progress, supplements, fees, ratings."""

from kit.migrate import execute_each

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_each("""
        create table dossier (
            id uuid primary key,
            applicant_id text not null,
            arrival_number text not null unique,
            procedure_id text not null,
            procedure_version text not null,
            channel text not null check (channel in ('direct', 'online', 'postal')),
            origin text not null,
            office text not null,
            receiving_unit text not null,
            resolving_unit text not null,
            received_at timestamptz not null,
            contact_path text not null,
            status integer not null check (status between 1 and 10),
            packages integer not null check (packages >= 1),
            code text unique,
            unit text,
            handler_id text,
            handler_unit text,
            started_at timestamptz,
            due_at timestamptz,
            first_due_at timestamptz,
            finished_at timestamptz,
            lateness text check (lateness in ('early', 'on_time', 'late')),
            result_code text,
            result_kind text,
            result_name text,
            result_sha256 text,
            collected_at timestamptz,
            check (collected_at is null or result_code is not null)
        ) with (fillfactor = 80);
        create index dossier_of_applicant on dossier (applicant_id, received_at desc, id);

        create table draft (
            id uuid primary key,
            applicant_id text not null,
            procedure_id text not null,
            procedure_version text not null,
            forms jsonb not null,
            contact jsonb,
            created_at timestamptz not null,
            updated_at timestamptz not null,
            dossier_id uuid unique references dossier
        );
        create index draft_of_applicant on draft (applicant_id, updated_at desc) where dossier_id is null;

        create table upload (
            id uuid primary key,
            applicant_id text not null,
            draft_id uuid references draft on delete cascade,
            dossier_id uuid references dossier on delete cascade,
            component text,
            name text not null,
            media_type text not null,
            pages integer check (pages >= 1),
            path text not null,
            sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
            size bigint not null check (size > 0),
            uploaded_at timestamptz not null,
            check (draft_id is null or dossier_id is null)
        );
        create index upload_of_draft on upload (draft_id, uploaded_at) where draft_id is not null;
        create index upload_of_dossier on upload (dossier_id, uploaded_at) where dossier_id is not null;

        create table client_key (
            applicant_id text not null,
            key text not null check (length(key) between 1 and 200),
            body_sha256 text not null,
            dossier_id uuid not null references dossier deferrable initially deferred,
            primary key (applicant_id, key)
        );

        create table arrival_series (
            agency text not null,
            on_date date not null,
            last integer not null check (last >= 1),
            primary key (agency, on_date)
        ) with (fillfactor = 50);

        create table package (
            dossier_id uuid not null references dossier,
            version integer not null check (version >= 1),
            path text not null,
            sha256 text not null,
            size bigint not null,
            received_at timestamptz not null,
            primary key (dossier_id, version)
        );

        create table milestone (
            id bigint generated always as identity primary key,
            dossier_id uuid not null references dossier,
            kind text not null,
            about text not null,
            at timestamptz not null,
            detail jsonb not null
        );
        create unique index milestone_once on milestone (dossier_id, kind, about, at);

        create table document (
            dossier_id uuid not null references dossier,
            name text not null,
            kind text not null,
            path text not null,
            sha256 text not null,
            size bigint not null,
            issued_at timestamptz not null,
            primary key (dossier_id, name)
        );

        create table supplement (
            dossier_id uuid not null references dossier,
            round integer not null check (round >= 1),
            items jsonb not null,
            request_path text not null,
            request_sha256 text not null,
            request_size bigint not null,
            requested_at timestamptz not null,
            answered_at timestamptz,
            forms jsonb not null,
            primary key (dossier_id, round)
        );

        create table fee_demand (
            demand_id uuid primary key,
            dossier_id uuid not null references dossier,
            amount_vnd bigint not null check (amount_vnd >= 1),
            demanded_at timestamptz,
            paid_at timestamptz,
            way text,
            transaction_code text
        );
        create index fee_demand_of_dossier on fee_demand (dossier_id);

        create table rating (
            dossier_id uuid primary key references dossier,
            score integer not null check (score between 1 and 5),
            comment text not null,
            rated_at timestamptz not null
        );
    """)
