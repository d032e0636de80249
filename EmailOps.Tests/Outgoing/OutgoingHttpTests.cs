using System.Net;
using System.Net.Sockets;
using EmailOps.Core.Outgoing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EmailOps.Tests.Outgoing;

/// <summary>Calls over real connections; names stand for what the test says.</summary>
public sealed class OutgoingHttpTests : IAsyncLifetime
{
    private const string House = "hooks.house.example", Secret = "/services/T0/B0/the-secret-in-the-path";
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly KeptLog _log = new();
    private StandInReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await StandInReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task A_call_is_signed_and_arrives_once()
    {
        using var http = Http(House);

        var answer = await http.SendAsync(new OutgoingRequest(At(House, Secret)) { Body = "{\"a\":1}"u8.ToArray(), Id = "escalation-7", SigningSecret = "whsec_c2VjcmV0" }, None);

        Assert.True(answer.IsDone, answer.Problem);
        var call = Assert.Single(_receiver.Calls);
        Assert.Equal(("POST", Secret, "{\"a\":1}", "escalation-7"), (call.Method, call.Path, call.Text, call.Headers["webhook-id"]));
        Assert.True(WebhookSignature.IsValid("whsec_c2VjcmV0", "escalation-7", call.Headers["webhook-timestamp"], call.Headers["webhook-signature"], call.Body, TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5)));
        Assert.False(call.Headers.ContainsKey("traceparent"));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task A_name_that_stands_for_an_address_inside_is_not_called(string inside)
    {
        // Public when somebody looked first, inside when the connection is made: only the second counts.
        using var http = Http("other.example", _ => [IPAddress.Parse(inside)]);

        var answer = await http.SendAsync(new OutgoingRequest(new Uri("https://rebound.example/")) { Body = [] }, None);

        Assert.Equal(OutgoingResult.Refused, answer.Result);
        Assert.Contains("OUTGOING_ALLOW", answer.Problem, StringComparison.Ordinal);
        Assert.False(answer.MayHaveArrived || answer.IsPassing);
        Assert.Empty(_receiver.Calls);
    }

    [Fact]
    public async Task Of_several_addresses_only_those_outside_are_tried()
    {
        List<string> tried = [];
        // A public address that nobody has: the connection to it fails, and the private one beside it is not taken instead.
        using var http = Http("other.example", host => { tried.Add(host); return [IPAddress.Loopback, IPAddress.Parse("192.0.0.9")]; });

        var answer = await http.SendAsync(new OutgoingRequest(new Uri($"https://two.example:{_receiver.Address.Port}/")) { Body = [] }, None);

        Assert.Equal((OutgoingResult.Refused, "two.example"), (answer.Result, Assert.Single(tried)));
        Assert.Empty(_receiver.Calls);
    }

    [Fact]
    public async Task Nobody_follows_a_redirect()
    {
        _receiver.Answer = StandInReceiver.Says(302, null, ("Location", "http://169.254.169.254/latest/meta-data"));
        using var http = Http(House);

        var answer = await http.SendAsync(new OutgoingRequest(At(House, "/")) { Body = [] }, None);

        Assert.Equal((OutgoingResult.Answered, 302, false), (answer.Result, answer.Status, answer.IsPassing));
        Assert.Contains("sends elsewhere (302 to 169.254.169.254)", answer.Problem, StringComparison.Ordinal);
        Assert.Single(_receiver.Calls);
    }

    [Theory]
    [InlineData(429, true, false)]
    [InlineData(503, true, true)]
    [InlineData(400, false, false)]
    [InlineData(410, false, false)]
    public async Task An_answer_says_whether_another_attempt_is_worth_it(int status, bool passing, bool mayHaveArrived)
    {
        _receiver.Answer = StandInReceiver.Says(status, null, ("Retry-After", "7"));
        using var http = Http(House);

        var answer = await http.SendAsync(new OutgoingRequest(At(House, "/")) { Body = [] }, None);

        Assert.Equal((passing, mayHaveArrived, TimeSpan.FromSeconds(7)), (answer.IsPassing, answer.MayHaveArrived, answer.RetryAfter));
    }

    [Fact]
    public async Task An_endless_answer_is_cut_and_a_silent_server_is_left()
    {
        using var http = Http(House, patience: TimeSpan.FromSeconds(1));
        _receiver.Answer = async (_, context) =>
        {
            for (var block = new byte[64 * 1024]; !context.RequestAborted.IsCancellationRequested;) await context.Response.Body.WriteAsync(block, context.RequestAborted);
        };
        var endless = await http.SendAsync(new OutgoingRequest(At(House, "/")) { Body = [] }, None);
        _receiver.Answer = StandInReceiver.Nothing;
        var silent = await http.SendAsync(new OutgoingRequest(At(House, "/")) { Body = [] }, None);
        _receiver.Answer = (_, context) => { context.Abort(); return Task.CompletedTask; };
        var cut = await http.SendAsync(new OutgoingRequest(At(House, "/")) { Body = [] }, None);

        Assert.Equal((OutgoingResult.Done, 256 * 1024), (endless.Result, endless.Body.Length));
        Assert.Equal((OutgoingResult.Lost, true, true), (silent.Result, silent.MayHaveArrived, silent.IsPassing));
        Assert.Equal((OutgoingResult.Lost, true), (cut.Result, cut.MayHaveArrived));
    }

    [Fact]
    public async Task What_did_not_leave_is_told_as_such()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        using var http = Http(House);
        using var unknown = Http("other.example", _ => throw new SocketException((int)SocketError.HostNotFound));
        using var tls = Http(House);

        var closed = await http.SendAsync(new OutgoingRequest(new Uri($"http://{House}:{port}/")) { Body = [] }, None);
        var nowhere = await unknown.SendAsync(new OutgoingRequest(new Uri("https://nowhere.example/")) { Body = [] }, None);
        var plain = await tls.SendAsync(new OutgoingRequest(new Uri($"https://{House}:{_receiver.Address.Port}/")) { Body = [] }, None);
        var large = await http.SendAsync(new OutgoingRequest(At(House, "/")) { Body = new byte[2 * 1024 * 1024] }, None);

        Assert.Equal((OutgoingResult.Unreachable, false), (closed.Result, closed.MayHaveArrived));
        Assert.Contains("nothing listens there", closed.Problem, StringComparison.Ordinal);
        Assert.Contains("name is not known", nowhere.Problem, StringComparison.Ordinal);
        Assert.Equal(OutgoingResult.Unreachable, plain.Result);
        Assert.Contains("TLS failed", plain.Problem, StringComparison.Ordinal);
        Assert.Equal(OutgoingResult.Refused, large.Result);
        Assert.Empty(_receiver.Calls);
    }

    [Fact]
    public async Task Paths_stand_in_no_log_and_no_problem()
    {
        using var http = Http(House);
        using var other = Http("other.example");
        List<OutgoingAnswer> answers = [];
        foreach (var answer in (Func<ReceivedCall, HttpContext, Task>[])[StandInReceiver.Says(200), StandInReceiver.Says(404), StandInReceiver.Says(301, null, ("Location", Secret))])
        {
            _receiver.Answer = answer;
            answers.Add(await http.SendAsync(new OutgoingRequest(At(House, Secret)) { Body = [] }, None));
        }
        answers.Add(await other.SendAsync(new OutgoingRequest(At("127.0.0.1", Secret)) { Body = [] }, None));

        Assert.NotEmpty(_log.Lines);
        Assert.DoesNotContain(_log.Lines.Concat(answers.Select(a => a.Problem ?? "")), line => line.Contains("the-secret", StringComparison.Ordinal));
    }

    private Uri At(string host, string path) => new($"http://{host}:{_receiver.Address.Port}{path}");

    private OutgoingHttp Http(string allow, Func<string, IPAddress[]>? names = null, TimeSpan? patience = null)
        => new(new OutgoingOptions { Allow = allow, Patience = patience ?? TimeSpan.FromSeconds(20), ConnectPatience = patience ?? TimeSpan.FromSeconds(5) }, TimeProvider.System, _log, async (host, _) =>
        {
            await Task.Yield();
            return names?.Invoke(host) ?? [IPAddress.Loopback];
        });

    private sealed class KeptLog : ILogger<OutgoingHttp>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception) + exception);
    }
}
