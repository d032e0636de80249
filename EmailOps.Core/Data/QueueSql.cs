namespace EmailOps.Core.Data;

/// <summary>The statements that move work, as they are prepared once a connection; the benchmark gives pgbench the same texts.</summary>
internal static class QueueSql
{
    /// <summary>$1 stages, $2 subjects, $3 mailboxes, $4 priorities, $5 delays, $6 threads, $7 trace parents. Each item goes to the end of its line; migration 0010 tells what a line and a turn are.</summary>
    public const string Enqueue = """
        with w as (select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::interval[], $6::bigint[], $7::text[]) with ordinality as w (s, i, m, p, d, t, r, n)),
        head as (
            select s, coalesce(
                (select q.turn - power(3, 10 - least(greatest(q.priority, 1), 10))::bigint from work_item q where q.stage = s and q.died_at is null and q.wake_at is null and q.available_at <= now() order by q.turn, q.id limit 1),
                (select q.turn from work_item q where q.stage = s and q.died_at is null and q.wake_at is null order by q.turn desc, q.id desc limit 1), 0) as turn
            from (select distinct s from w) stages),
        line as (
            select l.s, l.m, l.p, power(3, 10 - least(greatest(l.p, 1), 10))::bigint as cost, greatest(head.turn, coalesce(
                (select q.turn from work_item q where q.stage = l.s and q.mailbox_id = l.m and q.priority = l.p and q.died_at is null order by q.turn desc limit 1), 0)) as turn
            from (select distinct s, m, p from w) l join head on head.s = l.s)
        insert into work_item (stage, subject_id, mailbox_id, priority, available_at, thread_id, trace_parent, turn)
        select w.s, w.i, w.m, w.p, now() + w.d, w.t, w.r, line.turn + line.cost * row_number() over (partition by w.s, w.m, w.p order by w.n)
        from w join line on line.s = w.s and line.m = w.m and line.p = w.p order by w.n
        """;

    /// <summary>
    /// $1 stage, $2 items at most, $3 lease, $4 its time, $5 attempts at most, $6 error of what ended its last holder, $7 turn below which nothing is ready. The queue is mostly empty, and the planner
    /// plans for what it saw last: arrays of ids and "turn + 0" leave it no way to read the whole table, or all turns before one.
    /// </summary>
    public const string Claim = $"""
        with found as (
            select id, turn, thread_id, lease is not null as orphan, lease is not null and attempts >= $5 as spent from work_item w
            where stage = $1 and died_at is null and wake_at is null and turn >= $7 and available_at <= now() and {StandingOrders.MayClaim} and {StandingOrders.IsUrgent}
              and (thread_id is null or not exists (select from work_item e where e.thread_id = w.thread_id and e.stage = $1 and e.died_at is null
                                                    and e.lease is not null and e.available_at > now() and (e.turn + 0, e.id) < (w.turn, w.id)))
            order by turn, id limit $2 for update skip locked),
        due as (
            select id, turn, thread_id, false, false from work_item
            where stage = $1 and died_at is null and wake_at is not null and wake_at <= now() and {StandingOrders.MayClaim} and {StandingOrders.IsUrgent}
            order by wake_at limit $2 for update skip locked),
        ready as (select * from found union all select * from due order by turn, id limit $2),
        free as (
            select * from ready r
            where thread_id is null or not exists (select from work_item e where e.thread_id = r.thread_id and e.stage = $1 and e.died_at is null and e.wake_at is null and e.{StandingOrders.IsUrgent}
                                                   and (e.turn + 0, e.id) < (r.turn, r.id) and e.id <> all(array(select id from ready)))),
        dead as (
            update work_item w set died_at = now(), lease = null, last_error = $6 where w.id = any(array(select id from free where spent))),
        alone as (select id from free where orphan and not spent order by turn, id limit 1)
        update work_item w set lease = $3, attempts = attempts + 1, available_at = now() + $4
        where w.id = any(array(select id from free where not spent and (not exists (select from alone) or id = (select id from alone))))
        returning w.id, w.subject_id, w.mailbox_id, w.priority, w.attempts, w.trace_parent, w.thread_id, w.turn
        """;

    /// <summary>$1 ids, $2 lease.</summary>
    public const string Complete = "delete from work_item where id = any($1) and lease = $2";
}
