-- What the command line orders and takes away.

alter table standing_order add column level smallint;  -- Work: of an order Urgent, the least priority whose messages go on past triage

create table queue_drain (                   -- Work: a row for each time the queue was taken into a file. It tells a file that was restored from one that was not.
    id          uuid primary key,
    drained_at  timestamptz not null default now(),
    drained_by  text not null,
    items       bigint not null,
    restored_at timestamptz,
    restored_by text
);
