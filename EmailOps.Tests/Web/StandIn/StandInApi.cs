using System.Net;
using System.Threading.Channels;
using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>Speaks the Api's contract over HTTP from memory, so that the console's own behaviour can be tested, errors above all.</summary>
internal sealed class StandInApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<MessageDetail> _messages = StandInMail.Make();
    private readonly List<ImportView> _imports = [];

    private StandInApi(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Answered to everything while set.</summary>
    public (int Status, string Body, string ContentType)? Failure { get; set; }

    /// <summary>What was asked, newest last: method, path with query, operator.</summary>
    public List<(string Method, string Path, string Operator, string Key, string IfMatch)> Asked { get; } = [];

    public string Html { get; set; } = "<p>Hello <b>there</b></p><img src=\"http://tracker.example.test/pixel.gif\"><script>alert(1)</script>";

    public StandInOutbox Outbox { get; } = new();

    public StandInOperations Operations { get; } = new();

    public StandInAnalytics Analytics { get; } = new();

    public StandInSchedule Schedule { get; } = new();

    public StandInAccess Access { get; } = new();

    public StandInAlerts Alerts { get; } = new();

    public StandInLearned Learned { get; } = new();

    public StandInModels Models { get; } = new();

    public Channel<LiveEvent> Events { get; } = Channel.CreateUnbounded<LiveEvent>();

    public static async Task<StandInApi> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => { kestrel.Listen(IPAddress.Loopback, port); kestrel.Limits.MaxRequestBodySize = null; });
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(json => ContractJson.Configure(json.SerializerOptions));
        var app = builder.Build();
        var api = new StandInApi(app);
        app.Use(api.Listen);
        StandInRoutes.Map(app, api);
        await app.StartAsync();
        api.Address = app.Urls.First();
        return api;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public IReadOnlyList<MessageDetail> Messages
    {
        get
        {
            lock (_gate)
                return [.. _messages];
        }
    }

    public IReadOnlyList<ImportView> Imports
    {
        get
        {
            lock (_gate)
                return [.. _imports];
        }
    }

    public void Clear()
    {
        lock (_gate)
            _messages.Clear();
    }

    public ImportView Add(ImportView import)
    {
        lock (_gate)
            _imports.Insert(0, import);
        return import;
    }

    /// <summary>Changes one message in place; null when there is none.</summary>
    public MessageDetail? Change(Func<MessageDetail, bool> which, Func<MessageDetail, MessageDetail> change)
    {
        lock (_gate)
        {
            var index = _messages.FindIndex(message => which(message));
            return index < 0 ? null : _messages[index] = change(_messages[index]);
        }
    }

    private async Task Listen(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path == AccessRoutes.Session)
        {
            // Asked with every page; neither of interest nor, when all else fails, a reason to sign people out.
            await next(http);
            return;
        }
        lock (_gate)
            Asked.Add((http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers["X-Operator"].ToString(), http.Request.Headers["X-Api-Key"] + StandInAccess.Token(http.Request), http.Request.Headers.IfMatch.ToString()));
        if (Failure is not { } failure)
        {
            await next(http);
            return;
        }
        http.Response.StatusCode = failure.Status;
        http.Response.ContentType = failure.ContentType;
        await http.Response.WriteAsync(failure.Body);
    }
}
