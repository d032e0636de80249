-- online: one statement at a time, outside a transaction; each may be run again after it was cut off.
-- A mailbox's page is read by an expression, so that only the page can use its index. As a plain column it was as good as message_sender to a planner without
-- statistics (the first minute of a new installation), and a sender's earlier messages were looked for by walking the whole mailbox.
drop index concurrently if exists message_of_mailbox;
create index concurrently message_of_mailbox on message ((mailbox_id + 0), received_at desc, id desc);
drop index concurrently if exists message_by_mailbox;
