using Npgsql;

namespace EmailOps.Core.Data;

/// <summary>
/// The servers that <c>ConnectionStrings__emailops</c> names. With several (<c>Host=db1,db2</c>) everything is asked of whichever is the primary, so that a promotion
/// needs no new setting and no restart, and long reports of a standby as long as one answers. With one server both are the same.
/// </summary>
internal sealed class DatabaseServers(NpgsqlDataSource all) : IAsyncDisposable, IDisposable
{
    public NpgsqlDataSource Primary { get; } = (all as NpgsqlMultiHostDataSource)?.WithTargetSession(TargetSessionAttributes.Primary) ?? all;

    /// <summary>For reading what may be some seconds old.</summary>
    public NpgsqlDataSource ForReports { get; } = (all as NpgsqlMultiHostDataSource)?.WithTargetSession(TargetSessionAttributes.PreferStandby) ?? all;

    public void Dispose() => all.Dispose();

    public ValueTask DisposeAsync() => all.DisposeAsync();
}
