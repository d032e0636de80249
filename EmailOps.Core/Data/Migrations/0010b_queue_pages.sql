-- The queue is mostly empty, and a vacuum then gives its pages back: a plan made at that moment reads the whole table, which is nothing, and stays in force when
-- there are a hundred thousand items. So the table keeps its pages, and has some from the beginning.
alter table work_item set (vacuum_truncate = off);
insert into work_item (id, stage, subject_id, mailbox_id, priority, last_error) select -i, 0, 0, 0, 0, repeat('x', 1900) from generate_series(1, 200) i;
delete from work_item where id < 0;
