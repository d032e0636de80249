-- A Message-ID that strangers quote before its own message arrives must not belong to them alone: several threads may name it, and a
-- message joins the one that its sender takes part in.
alter table thread_reference drop constraint thread_reference_pkey;
alter table thread_reference add primary key (mailbox_id, internet_message_id, thread_id);

-- Status pages ask for the decisions of a day, every few seconds. Decisions are written in order of time, so a few ranges tell.
create index decision_decided_at on decision using brin (decided_at) with (pages_per_range = 16, autosummarize = on);
