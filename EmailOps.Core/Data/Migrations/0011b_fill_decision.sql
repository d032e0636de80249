-- in parts: the facets of decisions made before, some thousands at a time, so that nobody waits for a lock longer than a moment.
with part as (
    select d.message_id, t.category, t.priority, t.language from decision d join triage_result t on t.message_id = d.message_id
    where d.category is null order by d.message_id limit 10000)
update decision d set category = s.category, priority = s.priority, language = s.language from part s where d.message_id = s.message_id
