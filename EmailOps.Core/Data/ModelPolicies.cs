using EmailOps.Core.Contracts;
using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>What each mailbox may ask of language models. Read every few seconds, not for each batch: triage asks for it with every message.</summary>
internal sealed class ModelPolicies(NpgsqlDataSource source, TimeProvider clock)
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);
    private static readonly ModelPolicy s_usual = new();
    private volatile Known? _known;

    private sealed record Known(Dictionary<long, ModelPolicy> Policies, long ReadAt);

    /// <summary>The policies in force; a mailbox that has none has the usual one.</summary>
    public async ValueTask<Func<long, ModelPolicy>> NowAsync(CancellationToken cancel)
    {
        if (_known is not { } known || clock.GetElapsedTime(known.ReadAt) > s_every)
        {
            var readAt = clock.GetTimestamp();
            await using var connection = await source.OpenConnectionAsync(cancel);
            var rows = await Sql.QueryAsync(connection, "select id, settings->'model' from mailbox where settings ? 'model'", [], r => (Id: r.GetInt64(0), Policy: Sql.FromJson<ModelPolicy>(r.GetString(1))), cancel);
            _known = known = new Known(rows.ToDictionary(r => r.Id, r => r.Policy), readAt);
        }
        return id => known.Policies.GetValueOrDefault(id, s_usual);
    }
}
