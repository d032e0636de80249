-- Where whoever seals next goes on in a long backlog; 0: from what is settled.
alter table audit_chain add column scan_from bigint not null default 0;
