using System.Collections.Concurrent;
using EmailOps.Core.Mailboxes;
using EmailOps.Core.Mailboxes.Graph;
using EmailOps.Tests.Graph.StandIn;

namespace EmailOps.Tests.Graph;

/// <summary>A stand-in Microsoft with our side aimed at it.</summary>
internal sealed class GraphUnderTest : IAsyncDisposable
{
    public const string Support = "support@shop.example";
    private readonly GraphHttp _http;

    private GraphUnderTest(StandInGraph server, Microsoft365Options options)
    {
        (Server, Options) = (server, options);
        _http = new GraphHttp(options, TimeProvider.System);
        Login = new GraphLogin(_http, new AccessTokens(Tokens, TimeProvider.System), options, TimeProvider.System);
        Clients = new GraphClients(_http, Login, options, TimeProvider.System);
    }

    public StandInGraph Server { get; }
    public Microsoft365Options Options { get; }
    public GraphLogin Login { get; }
    public GraphClients Clients { get; }
    public GraphClient Client => Clients.ForMailbox(Support);
    public KeptTokens Tokens { get; } = new();
    public StandInUser Mailbox => Server.Users[Support];

    public static async Task<GraphUnderTest> StartAsync(Action<Microsoft365Options>? change = null)
    {
        var server = await StandInGraph.StartAsync(Support);
        var options = new Microsoft365Options
        {
            ClientId = server.Login.ClientId, ClientSecret = server.Login.Secret, TenantId = server.Login.TenantId, LoginUrl = server.Address, GraphUrl = server.Address,
            PatienceSeconds = 20, PageSize = 3,
        };
        change?.Invoke(options);
        Assert.Null(options.Problem());
        return new GraphUnderTest(server, options);
    }

    public static string Letter(int number, string? more = null) => $"From: Ada <ada@customer.example>\nTo: {Support}\nSubject: Order {number}\nMessage-ID: <letter-{number}@customer.example>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n{more}\nWhere is order {number}?\n";

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>Tokens in memory.</summary>
internal sealed class KeptTokens : ITokenCache
{
    public ConcurrentDictionary<string, AccessToken> All { get; } = new();

    public Task<AccessToken?> FindAsync(string name, CancellationToken cancel) => Task.FromResult(All.GetValueOrDefault(name));

    public Task KeepAsync(string name, AccessToken token, CancellationToken cancel)
    {
        All[name] = token;
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string name, CancellationToken cancel)
    {
        All.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
