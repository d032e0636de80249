using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>
/// Microsoft's login server and Graph v1.0 over real HTTP, as far as EmailOps asks them: tokens with their claims, mail folders with delta queries, whole mails, sending,
/// batches, subscriptions, people, chats. Permissions are enforced from the token. See <see cref="StandInFault"/> for how it misbehaves.
/// </summary>
internal sealed class StandInGraph : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<StandInFault> _faults = [];

    private StandInGraph(WebApplication app)
    {
        _app = app;
        Login = new StandInLogin(this);
    }

    public string Address => _app.Urls.First();
    public StandInLogin Login { get; }
    /// <summary>By lower-case address.</summary>
    public ConcurrentDictionary<string, StandInUser> Users { get; } = new();
    public ConcurrentDictionary<string, StandInChat> Chats { get; } = new();
    public ConcurrentDictionary<string, StandInSubscription> Subscriptions { get; } = new();
    /// <summary>Every request, in order: method, path with query, Authorization excluded.</summary>
    public ConcurrentQueue<StandInRequest> Requests { get; } = [];
    /// <summary>Mailboxes that an application access policy keeps the app out of.</summary>
    public ConcurrentDictionary<string, bool> Denied { get; } = new();

    /// <summary>What Exchange's RBAC for Applications assigns the app at a mailbox, beside what its token says.</summary>
    public ConcurrentDictionary<string, string[]> Assigned { get; } = new();

    public static async Task<StandInGraph> StartAsync(params string[] users)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var standIn = new StandInGraph(builder.Build());
        foreach (var user in users) standIn.AddUser(user);
        standIn._app.Use(standIn.GuardAsync);
        // Minimal routing would take the path of a segment such as $value as it is, which is what we want; /v1.0 is Graph, the rest is login.
        standIn.Login.Map(standIn._app);
        StandInMailRoutes.Map(standIn._app, standIn);
        StandInSendRoutes.Map(standIn._app, standIn);
        StandInTeams.Map(standIn._app, standIn);
        StandInOther.Map(standIn._app, standIn);
        await standIn._app.StartAsync();
        return standIn;
    }

    public StandInUser AddUser(string address, string? name = null) => Users.GetOrAdd(address.ToLowerInvariant(), a => new StandInUser(a, name ?? a));

    public StandInUser? Find(string idOrAddress) => Users.TryGetValue(idOrAddress.ToLowerInvariant(), out var user) ? user : Users.Values.FirstOrDefault(u => u.Id == idOrAddress);

    /// <summary>Settings of an installation that uses it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Microsoft365:ClientId", Login.ClientId), ("Microsoft365:ClientSecret", Login.Secret), ("Microsoft365:TenantId", Login.TenantId),
        ("Microsoft365:LoginUrl", Address), ("Microsoft365:GraphUrl", Address),
    ];

    public void Misbehave(StandInFault fault)
    {
        lock (_lock) _faults.Add(fault);
    }

    public void Behave()
    {
        lock (_lock) _faults.Clear();
    }

    public int Count(string method, string part) => Requests.Count(r => r.Method == method && r.Path.Contains(part, StringComparison.Ordinal));

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value + context.Request.QueryString.Value;
        Requests.Enqueue(new StandInRequest(context.Request.Method, path, context.Request.Headers["Prefer"].ToString(), context.Request.Headers["client-request-id"].ToString()));
        StandInFault? fault;
        lock (_lock)
        {
            fault = _faults.FirstOrDefault(f => (f.Method is null || f.Method == context.Request.Method) && path.Contains(f.Path, StringComparison.Ordinal));
            if (fault is not null && fault.Left is > 0 && --fault.Left == 0) _faults.Remove(fault);
        }
        try
        {
            context.Response.Headers["request-id"] = Guid.NewGuid().ToString();
            await (fault is null ? next(context) : fault.Do(context, () => next(context)));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller gave up: nobody is there to answer.
            context.Abort();
        }
    }

    /// <summary>An error as Graph writes it.</summary>
    public static async Task ErrorAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        var id = context.Response.Headers["request-id"].ToString();
        await context.Response.WriteAsJsonAsync(new Dictionary<string, object>
        {
            ["error"] = new Dictionary<string, object>
            {
                ["code"] = code, ["message"] = message,
                ["innerError"] = new Dictionary<string, object> { ["date"] = "2026-11-21T12:00:00", ["request-id"] = id, ["client-request-id"] = context.Request.Headers["client-request-id"].ToString() },
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

internal sealed record StandInRequest(string Method, string Path, string Prefer, string ClientRequestId);
