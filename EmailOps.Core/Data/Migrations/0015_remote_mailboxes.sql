-- Mailboxes that are read by a provider's API: the same ledger, with the provider's own ids. A place keeps a number of ours as its UID (under validity 1),
-- so that everything that counts places goes on counting them.
alter table mailbox_folder add column provider text not null default 'Imap';  -- Imap, Gmail, Graph: one folder by two ways is two rows
alter table mailbox_folder add column cursor text;                            -- the provider's word for how far it is read; null: from the beginning
alter table mailbox_folder drop constraint mailbox_folder_mailbox_id_name_key;
alter table mailbox_folder add constraint mailbox_folder_provider_name unique (mailbox_id, provider, name);

alter table server_message add column server_id text;        -- null: IMAP
alter table server_message add column server_thread text;    -- the provider's thread, for answers
alter table server_message add column message_id bigint;     -- with server_id: what was answered is found by it
create unique index server_message_server_id on server_message (folder_id, server_id) where server_id is not null;
create index server_message_answered on server_message (message_id) where server_id is not null;

alter table mailbox_loop add column provider text;           -- by which way it is read just now
alter table mailbox_loop add column diverted text;           -- why by the fallback; null: by its own

-- Consent of a mailbox's owner. The refresh token is in secret, as mailbox/7/oauth.
create table oauth_grant (                   -- Mailboxes
    mailbox_id      bigint primary key references mailbox on delete cascade,
    provider        text not null,
    account         text not null,           -- who signed in at the provider
    scopes          text not null,
    granted_at      timestamptz not null,
    granted_by      text not null,
    refreshed_at    timestamptz,             -- the last time the provider gave an access token
    access_until    timestamptz,
    refresh_until   timestamptz,             -- null: the provider names no end
    failed_at       timestamptz,             -- since when the provider refuses; null: it does not
    problem         text                     -- what people are told, and what to do
);

-- Sign-ins under way: the browser is at the provider. Bound to who began it; used once; ten minutes.
create table oauth_request (                 -- Mailboxes
    state_hash   bytea primary key,
    mailbox_id   bigint not null references mailbox on delete cascade,
    provider     text not null,
    sealed       bytea not null,             -- the PKCE verifier
    redirect_uri text not null,
    actor        text not null,
    until        timestamptz not null
);
