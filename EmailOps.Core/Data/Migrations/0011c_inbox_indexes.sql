-- online: one statement at a time, outside a transaction; each may be run again after it was cut off.
drop index concurrently if exists decision_by_kind;
create index concurrently decision_by_kind on decision (kind, received_at desc, message_id desc) include (mailbox_id, category, priority, language);
drop index concurrently if exists decision_by_category;
create index concurrently decision_by_category on decision (category, received_at desc, message_id desc) include (mailbox_id, kind, priority, language);
drop index concurrently if exists decision_by_priority;
create index concurrently decision_by_priority on decision (priority, received_at desc, message_id desc) include (mailbox_id, kind, category, language);
drop index concurrently if exists decision_by_language;
create index concurrently decision_by_language on decision (language, received_at desc, message_id desc) include (mailbox_id, kind, category, priority);
drop index concurrently if exists decision_by_mailbox;
create index concurrently decision_by_mailbox on decision (mailbox_id, received_at desc, message_id desc) include (kind, category, priority, language);
drop index concurrently if exists message_by_mailbox;
create index concurrently message_by_mailbox on message (mailbox_id, received_at desc, id desc);
drop index concurrently if exists draft_by_decided_state;
create index concurrently draft_by_decided_state on draft (state, message_id desc) where state in ('Approved', 'Rejected');
drop index concurrently if exists outbound_message_state;
create index concurrently outbound_message_state on outbound_message (state, id desc);
drop index concurrently if exists intake_entry_import;
create index concurrently intake_entry_import on intake_entry (import_id, id desc) where import_id is not null;
-- What these replace.
drop index concurrently if exists decision_kind;
drop index concurrently if exists decision_to_fill;
drop index concurrently if exists triage_result_category;
drop index concurrently if exists triage_result_priority;
drop index concurrently if exists outbound_message_open;
