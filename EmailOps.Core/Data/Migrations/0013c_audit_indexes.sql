-- online: one statement at a time, outside a transaction; each may be run again after it was cut off. For the audit page's filters.
drop index concurrently if exists audit_entry_action;
create index concurrently audit_entry_action on audit_entry (action, id desc);
drop index concurrently if exists audit_entry_actor;
create index concurrently audit_entry_actor on audit_entry (actor, id desc);
