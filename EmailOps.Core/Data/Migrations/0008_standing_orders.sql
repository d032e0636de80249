-- What people ordered for every process at once. A row is in force until it is taken away, over restarts of everything.
create table standing_order (                -- Work
    kind       text primary key,             -- Pause: automatic answers are held. Drain: workers finish what they hold and claim nothing more.
    ordered_at timestamptz not null,
    ordered_by text not null,
    reason     text
);
