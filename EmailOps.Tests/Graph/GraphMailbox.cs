using EmailOps.Benchmarks.MailServers;
using EmailOps.Core.Contracts;
using EmailOps.Tests.Graph.StandIn;
using EmailOps.Tests.Postgres;
using EmailOps.Tests.Worker.Intake;

namespace EmailOps.Tests.Graph;

/// <summary>A mailbox of the stand-in that the real worker reads.</summary>
internal static class GraphMailbox
{
    public const string Address = "help@shop.example";

    public static Task<ReadMailbox> CreateAsync(PostgresFixture postgres, MailboxSettings? settings = null)
        => ReadMailbox.CreateAsync(postgres, new MailUser(Address, ""), (settings ?? new MailboxSettings()) with { Provider = MailboxProvider.Graph, PollSeconds = 5 });

    /// <summary>Arguments of a host that uses the stand-in.</summary>
    public static string[] Arguments(this StandInGraph graph, params string[] more) => [.. graph.Settings.Select(s => $"--{s.Key}={s.Value}"), "--Microsoft365:PageSize=10", .. more];

    public static string Letter(int number, string body = "Where is it?") => GraphUnderTest.Letter(number).Replace("Where is order", body + " Where is order", StringComparison.Ordinal);
}
