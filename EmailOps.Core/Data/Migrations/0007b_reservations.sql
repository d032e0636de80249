-- What each model call under way has set aside, so that what a killed process leaves is released when its time is up, not at midnight.
create table model_reservation (             -- LanguageModels
    id         uuid not null,
    day        date not null,                -- UTC
    mailbox_id bigint,
    tokens     bigint not null,
    money      numeric(20, 8) not null,
    expires_at timestamptz not null          -- by then the call has ended, however it went
);
create index model_reservation_id on model_reservation (id);
create index model_reservation_expires on model_reservation (expires_at);
