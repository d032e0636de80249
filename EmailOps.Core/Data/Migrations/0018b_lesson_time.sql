-- online: what people reviewed in a week or a month, without reading all that they ever did.
drop index concurrently if exists lesson_at;
create index concurrently lesson_at on lesson (at);
drop index concurrently if exists answer_outcome_at;
create index concurrently answer_outcome_at on answer_outcome (at);
