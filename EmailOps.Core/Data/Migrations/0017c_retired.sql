-- Mail that was taken out of the database: archived because it is old, or erased because its sender asked for it.
create table message_retired (               -- Retention, Privacy: what a server still holds is not stored again
    mailbox_id bigint not null,
    dedupe_key bytea not null,               -- a digest; says nothing about who or what
    message_id bigint not null,
    archive    text,                         -- the file it is in; null: erased
    at         timestamptz not null default now(),
    primary key (mailbox_id, dedupe_key)
);
create index message_retired_archive on message_retired (archive) where archive is not null;
