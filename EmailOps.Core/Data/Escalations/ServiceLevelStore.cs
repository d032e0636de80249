using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Service levels: of a mailbox, else of all (0), else the ones that come with EmailOps.</summary>
internal sealed class ServiceLevelStore(NpgsqlDataSource source)
{
    private static readonly ServiceLevelPlan s_default = new();

    public async Task<ServiceLevelView?> FindAsync(long mailbox, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (mailbox != 0 && await Sql.QueryAsync(connection, "select 1 from mailbox where id = $1", [mailbox], r => r.GetInt32(0), cancel) is []) return null;
        var own = await Sql.QueryAsync(connection, "select plan, version from service_level where mailbox_id = $1", [mailbox], r => new ServiceLevelView(mailbox, true, r.GetInt32(1), Sql.FromJson<ServiceLevelPlan>(r.GetString(0))), cancel);
        return own is [var view] ? view : new ServiceLevelView(mailbox, false, 0, (await PlansAsync(connection, cancel)).Of(mailbox));
    }

    /// <param name="version">That was read; 0: none was stored.</param>
    public async Task<WriteOutcome> SaveAsync(long mailbox, int version, ServiceLevelPlan plan, string actor, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (mailbox != 0 && await Sql.QueryAsync(connection, "select 1 from mailbox where id = $1 for share", [mailbox], r => r.GetInt32(0), cancel) is []) return WriteOutcome.NotFound;
        var written = version == 0
            ? await Sql.ExecuteAsync(connection, "insert into service_level (mailbox_id, plan) values ($1, $2::jsonb) on conflict (mailbox_id) do nothing", [mailbox, Sql.Json(plan)], cancel)
            : await Sql.ExecuteAsync(connection, "update service_level set plan = $2::jsonb, version = version + 1 where mailbox_id = $1 and version = $3", [mailbox, Sql.Json(plan), version], cancel);
        if (written == 0) return WriteOutcome.VersionConflict;
        await EscalationRows.AuditAsync(connection, actor, "service-level.save", "mailbox", mailbox, mailbox == 0 ? "Changed the service levels for all mailboxes without their own." : "Changed the service levels of the mailbox.", cancel);
        await transaction.CommitAsync(cancel);
        return WriteOutcome.Done;
    }

    public static async Task<ServiceLevelPlans> PlansAsync(NpgsqlConnection connection, CancellationToken cancel)
        => new((await Sql.QueryAsync(connection, "select mailbox_id, plan from service_level", [], r => (Mailbox: r.GetInt64(0), Plan: Sql.FromJson<ServiceLevelPlan>(r.GetString(1))), cancel)).ToDictionary(p => p.Mailbox, p => p.Plan));

    /// <summary>All plans, as they are stored now.</summary>
    internal sealed class ServiceLevelPlans(Dictionary<long, ServiceLevelPlan> plans)
    {
        public ServiceLevelPlan Of(long mailbox) => plans.TryGetValue(mailbox, out var own) || plans.TryGetValue(0, out own) ? own : s_default;
    }
}
