-- How asking a provider for access tokens goes, by mailbox: what health tells without asking anybody. Written by whoever asks, once an hour or so.
create table provider_sign_in (              -- Mailboxes
    mailbox_id   bigint not null references mailbox on delete cascade,
    provider     text not null,
    ok_at        timestamptz,                -- the last time there was one
    access_until timestamptz,
    failed_at    timestamptz,                -- since when there is none; null: there is
    problem      text,                       -- what people are told, and what to do
    primary key (mailbox_id, provider)
);

-- Change notifications that Microsoft Graph sends for a folder: renewed before they end, and only where a public address is configured.
create table graph_subscription (            -- Mailboxes
    mailbox_id      bigint not null references mailbox on delete cascade,
    folder          text not null,           -- Graph's id
    subscription_id text not null,
    state_hash      bytea not null,          -- SHA-256 of the client state, by which a notification is known to be Graph's
    until           timestamptz not null,
    primary key (mailbox_id, folder)
);
create unique index graph_subscription_id on graph_subscription (subscription_id);
