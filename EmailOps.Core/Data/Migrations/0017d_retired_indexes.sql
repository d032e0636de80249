-- online: deleting a message or its bytes asks these tables whether they still name it.
drop index concurrently if exists message_raw;
create index concurrently message_raw on message (raw_id);
drop index concurrently if exists correction_message;
create index concurrently correction_message on correction (message_id);
drop index concurrently if exists assessment_change_message;
create index concurrently assessment_change_message on assessment_change (message_id);
