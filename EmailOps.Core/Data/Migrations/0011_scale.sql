-- The inbox at millions of messages. What it filters by stands in the row of the decision, so that one narrow index answers a filter, whatever others
-- are set beside it. Instant: nothing is rewritten here; 0011b copies in parts, 0011c builds the indexes while others go on writing.

alter table decision                         -- Policy; copies of triage_result, kept by the triggers below, whoever writes
    add column category text,
    add column priority smallint,
    add column language text;
-- For 0011b, which asks for the next rows again and again; 0011c drops it.
create index decision_to_fill on decision (message_id) where category is null;

create function decision_facets() returns trigger language plpgsql as $$
begin
    select t.category, t.priority, t.language into new.category, new.priority, new.language from triage_result t where t.message_id = new.message_id;
    return new;
end $$;
-- Policy brings them along; this is for everybody else.
create trigger decision_facets before insert on decision for each row when (new.category is null) execute function decision_facets();

create function triage_facets() returns trigger language plpgsql as $$
begin
    update decision set category = new.category, priority = new.priority, language = new.language where message_id = new.message_id;
    return null;
end $$;
create trigger triage_facets after update on triage_result for each row
    when (old.category is distinct from new.category or old.priority is distinct from new.priority or old.language is distinct from new.language)
    execute function triage_facets();

-- Words of a message, for the search of the inbox: those of subject, sender and what was newly written, folded; made in the background, the newest first.
create table message_words (                 -- Intake (WordIndexer)
    message_id  bigint primary key,          -- no reference: rows of deleted messages find nothing
    mailbox_id  bigint not null,
    received_at timestamptz not null,
    words       tsvector not null
);
alter table message_words alter column words set storage external;
-- Small batches pile up beside the index and are merged together; the pile is read by every search, so it stays small.
create index message_words_words on message_words using gin (words) with (fastupdate = on, gin_pending_list_limit = 2048);

-- A word that many messages have is found by going through the newest.
create index message_words_received on message_words (received_at desc, message_id desc);

-- Ranges of message ids whose words are still to be read. A line is locked while a worker reads it and goes in the transaction that stores the words.
create table words_due (                     -- Intake
    first_id bigint primary key,
    last_id  bigint not null
);
insert into words_due (first_id, last_id) select g, least(g + 499, b.most) from (select min(id) least, max(id) most from message) b, generate_series(b.least, b.most, 500) g;

-- Every page names the mailboxes and how much is in them. Writers of a mailbox take turns anyway, so its line is never fought for.
create table mailbox_tally (                 -- Intake
    mailbox_id       bigint primary key,
    messages         bigint not null,
    last_received_at timestamptz
) with (fillfactor = 50);
insert into mailbox_tally (mailbox_id, messages, last_received_at) select mailbox_id, sum(message_count), max(last_message_at) from message_thread group by mailbox_id;

-- Index-only reads need pages marked as visible to all: a fiftieth of new rows is worth a visit, instead of a fifth.
alter table decision set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table message set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table triage_result set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table message_words set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_insert_threshold = 20000);
