-- Language models: breakers that all processes share, what was spent, and answers that were given before.

create table model_breaker (                 -- LanguageModels
    provider    text primary key,
    state       text not null default 'Closed',   -- Closed, HalfOpen, Open
    failures    int not null default 0,      -- in a row
    openings    int not null default 0,      -- in a row: each waits twice as long
    opened_at   timestamptz,
    open_until  timestamptz,                 -- Open: one question tries from then on. HalfOpen: another one does, should the first never report
    reason      text,
    force       text not null default 'Auto',     -- Auto, Open, Closed: what a person ordered
    forced_by   text,
    forced_at   timestamptz
);

-- One row a day and mailbox, and one for all (mailbox_id 0). No reference: what was spent stays known when a mailbox goes.
create table model_spend (                   -- LanguageModels
    day             date not null,           -- UTC
    mailbox_id      bigint not null,
    calls           bigint not null default 0,
    tokens          bigint not null default 0,
    money           numeric(20, 8) not null default 0,
    tokens_reserved bigint not null default 0,    -- by calls under way; of a process that died it stays until midnight
    money_reserved  numeric(20, 8) not null default 0,
    primary key (day, mailbox_id)
);

create table model_answer (                  -- LanguageModels
    key        bytea primary key,            -- SHA-256 of model, prompt version, texts, format, options
    prompt     text not null,
    model      text not null,
    answer     text not null,
    tokens_in  bigint not null,
    tokens_out bigint not null,
    hits       bigint not null default 0,
    used_at    timestamptz not null,
    expires_at timestamptz not null
);
create index model_answer_used on model_answer (used_at);
create index model_answer_expires on model_answer (expires_at);
