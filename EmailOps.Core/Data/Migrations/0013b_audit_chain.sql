-- The audit's chain. Entries are written as before, by anybody in any order; one worker at a time gives those that are committed their place in the chain.
create table audit_seal (                    -- Audit
    position bigint primary key,             -- 1, 2, 3, ... without gaps
    entry_id bigint not null unique,
    hash     bytea not null                  -- HMAC-SHA-256 over the hash before it and the entry, with a key that lies sealed in secret
);

create table audit_chain (                   -- Audit: where the chain stands; the row is the lease of who seals
    is_the_one  boolean primary key default true check (is_the_one),
    position    bigint not null default 0,
    hash        bytea not null default '',
    through_id  bigint not null default 0,   -- every entry up to here is sealed, and no transaction can add one
    sealed_at   timestamptz,
    verified_at timestamptz,
    verified_to bigint,
    broken      text                         -- what the last verification found; null: nothing
);
insert into audit_chain default values;
create index audit_entry_failed_sign_in on audit_entry (at) where action = 'sign-in.failed';

-- Certificates of the servers that settings name, as they were last seen.
create table tls_certificate (               -- Access
    host       text not null,
    port       int not null,
    used_for   text not null,                -- "IMAP of help@example.com", "the console"
    not_after  timestamptz,                  -- null: none was seen
    problem    text,
    checked_at timestamptz not null,
    primary key (host, port)
);
