using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using Npgsql;

namespace EmailOps.Core.Data.Checks;

/// <summary>Opens every stored secret with the key at hand, and tells how old the key is.</summary>
internal sealed class SecretsCheck(NpgsqlDataSource source, SecretBox box, SecretsOptions options, TimeProvider clock) : ILocalCheck
{
    private const int Most = 10_000;
    private static readonly TimeSpan Yearly = TimeSpan.FromDays(365);

    public string Area => "secrets";

    public bool NeedsDatabase => true;

    public async Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        var secrets = await Sql.QueryAsync(connection, $"select name, sealed, updated_at from secret order by name limit {Most}", [], r => (Name: r.GetString(0), Sealed: r.GetFieldValue<byte[]>(1), At: r.GetFieldValue<DateTimeOffset>(2)), cancel);
        if (secrets.Count == 0) return [this.Ok("key", "No secret is stored yet; the key is made when the first is.")];
        var wrong = secrets.Select(s => (s.Name, Problem: Problem(s.Name, s.Sealed))).Where(s => s.Problem is not null).ToList();
        if (wrong.Count > 0)
            return [this.Failed("key", $"{wrong.Count} of {secrets.Count} stored secrets cannot be opened. {wrong[0].Name}: {wrong[0].Problem}", "Put the key back that sealed them (SECRETS_KEY, or the file secrets-key of the state folder), or enter them again.")];
        return [this.Ok("key", $"Opens all {secrets.Count} stored secrets."), Age(await SinceAsync(connection, secrets.Min(s => s.At), cancel))];
    }

    private string? Problem(string name, byte[] sealedSecret)
    {
        try
        {
            box.Open(name, sealedSecret);
            return null;
        }
        catch (SecretsKeyException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>When the key was last changed; before the first change, when its file was made, or when the oldest secret was sealed.</summary>
    private async Task<DateTimeOffset> SinceAsync(NpgsqlConnection connection, DateTimeOffset oldest, CancellationToken cancel)
    {
        if (await Sql.QueryAsync(connection, "select value from installation where key = $1", [SecretsRotation.RotatedAt], r => r.GetString(0), cancel) is [var at])
            return DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        return options.Key is null && options.Folder is { Length: > 0 } folder && Path.Combine(folder, SecretsKey.FileName) is var file && File.Exists(file) ? File.GetLastWriteTimeUtc(file) : oldest;
    }

    private CheckView Age(DateTimeOffset since)
    {
        var age = clock.GetUtcNow() - since;
        return age < Yearly
            ? this.Ok("age of the key", $"In use for {Math.Max(0, age.TotalDays):N0} days.")
            : this.Warning("age of the key", $"In use for {age.TotalDays:N0} days.", "Change it once a year: emailops rotate-secret secrets-key");
    }
}
