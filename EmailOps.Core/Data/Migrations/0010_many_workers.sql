-- Many worker processes on one queue: who is there, whose turn it is, and which items of a thread keep their order.

create table worker (                         -- Work: a row for each process that does work. It goes when the process stops, or when it was silent for its lease.
    id          uuid primary key,             -- also the first of the leases that the process gives its claims; see below
    host        text not null,
    process_id  int not null,
    version     text not null,
    since       timestamptz not null default now(),
    heard_at    timestamptz not null default now(),
    alive_until timestamptz not null,         -- after this its items and mailboxes are free
    is_draining boolean not null default false,
    mailboxes      int not null default 0,    -- that it reads
    most_mailboxes int not null default 0,    -- that it would read; 0: it reads none
    stages      jsonb not null
);

-- turn: the place in the queue of a stage, lowest first. Every mailbox and priority is a line of its own; an item stands behind its line's last by what its
-- priority costs (3^(10 - priority)), and a new line begins where the queue has come to. So lines take turns, of two neighbouring priorities the more urgent
-- has three turns for one, and nothing waits for ever. No clock is in it.
-- wake_at: when an item that must wait may be looked at; null for all others, so that claims do not pass by those that wait.
-- A claim changes no indexed column (a held item has no wake_at), so it costs no index entry.
alter table work_item
    add column turn      bigint not null default 0,
    add column thread_id bigint,              -- set where the order within a thread counts
    add column wake_at   timestamptz generated always as (case when lease is null and available_at > enqueued_at then available_at end) stored;
update work_item set turn = ((10 - priority) * 1e9)::bigint;  -- what waits now keeps its order
drop index work_item_claim;
create index work_item_turn on work_item (stage, turn, id) where died_at is null and wake_at is null;
create index work_item_wake on work_item (stage, wake_at) where died_at is null and wake_at is not null;
create index work_item_line on work_item (stage, mailbox_id, priority, turn) where died_at is null;
create index work_item_thread on work_item (thread_id, stage) where died_at is null and thread_id is not null;
create index work_item_outbox on work_item (stage, subject_id) where stage in (3, 5, 6);
