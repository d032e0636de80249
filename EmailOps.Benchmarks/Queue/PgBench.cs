using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EmailOps.AppHost.Postgres;
using EmailOps.Core.Data;
using Npgsql;

namespace EmailOps.Benchmarks.Queue;

/// <summary>PostgreSQL's own benchmark program with the statements of our queue, prepared, in as few round trips as it can: the ceiling for a client that computes nothing.</summary>
internal sealed partial class PgBench(IReadOnlyList<string> program, string version, string connectionString)
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public string Version => version;

    /// <summary>The one of the server in use, with the libraries it was fetched with, else one that is installed; null without any.</summary>
    public static async Task<PgBench?> FindAsync(string programFolder, string connectionString, CancellationToken cancel)
    {
        var own = Path.Combine(programFolder, "pgbench");
        List<string[]> candidates = [[own], ["/usr/bin/pgbench"], .. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => new[] { Path.Combine(d, "bin", "pgbench") }) : []];
        // A tree of packages that were unpacked and not installed has its own loader.
        if (programFolder.IndexOf("/usr/lib/postgresql/", StringComparison.Ordinal) is > 0 and var at && Directory.Exists(programFolder[..at] + "/usr/lib64"))
            candidates.Insert(0, [programFolder[..at] + "/usr/lib64/ld-linux-x86-64.so.2", "--library-path", programFolder[..at] + "/usr/lib/x86_64-linux-gnu", own]);
        foreach (var candidate in candidates.Where(c => File.Exists(c[0])))
            if (await Command.RunAsync([.. candidate, "--version"], cancel) is { Succeeded: true } answer) return new PgBench(candidate, answer.Output.Trim(), connectionString);
        return null;
    }

    /// <returns>Jobs a second: each enqueued, claimed and completed, in three transactions.</returns>
    public async Task<double> RunAsync(int batch, int clients, int seconds, CancellationToken cancel)
    {
        var script = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(script, Script(batch), cancel);
            var named = new NpgsqlConnectionStringBuilder(connectionString);
            var done = await Command.RunAsync([.. program, "-n", "-M", "prepared", "-f", script, "-c", $"{clients}", "-j", $"{Math.Min(clients, Environment.ProcessorCount)}", "-T", $"{seconds}", "-D", "floor=0",
                "-h", named.Host!, "-p", $"{(named.Port == 0 ? 5432 : named.Port)}", "-U", named.Username!, named.Database!], cancel);
            if (!done.Succeeded || Tps().Match(done.Output) is not { Success: true } tps) throw new InvalidOperationException($"pgbench: {done.LastLines(8)}");
            return double.Parse(tps.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * batch;
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static string Script(int batch)
    {
        string Array(string type, Func<int, string> of) => $"'{{{string.Join(',', Enumerable.Range(1, batch).Select(of))}}}'::{type}[]";
        var script = new StringBuilder("\\set threads random(1, 1000000000)\n\\startpipeline\n");
        Say(script, Filled(QueueSql.Enqueue, Array("smallint", _ => "1"), Array("bigint", i => $"{i}"), Array("bigint", _ => "1"), Array("smallint", _ => "5"), Array("interval", _ => "0 s"), $"array[{string.Join(',', Enumerable.Range(1, batch).Select(i => $":threads::bigint + {i}"))}]", Array("text", _ => Trace)));
        Say(script, $"select pg_notify('{WorkQueue.Channel}', '1')");
        script.Append("\\endpipeline\n");
        // pgbench keeps one row: the ids come as one array, and the floor for the next claim with them.
        var claim = Filled(QueueSql.Claim, "1::smallint", $"{batch}", "lpad(to_hex(:client_id::int), 32, '0')::uuid", "interval '2 minutes'", "5::smallint", "'abandoned'", ":floor::bigint");
        var update = claim.LastIndexOf("update work_item w set lease", StringComparison.Ordinal);
        Say(script, $"{claim[..update].TrimEnd()}, taken as ({claim[update..]}) select coalesce(array_agg(id), '{{}}')::text as ids, coalesce(min(turn), 0) as floor from taken", end: " \\gset");
        Say(script, Filled(QueueSql.Complete, ":ids::bigint[]", "lpad(to_hex(:client_id::int), 32, '0')::uuid"));
        return script.ToString();
    }

    private static void Say(StringBuilder script, string sql, string end = ";") => script.Append(sql.ReplaceLineEndings(" ")).Append(end).Append('\n');

    private static string Filled(string sql, params string[] values) => Parameter().Replace(sql, p => values[int.Parse(p.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1]);

    [GeneratedRegex(@"\$(\d)")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex Tps();
}
