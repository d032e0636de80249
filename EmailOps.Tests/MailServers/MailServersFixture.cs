using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EmailOps.Benchmarks.MailServers;

namespace EmailOps.Tests.MailServers;

/// <summary>
/// A real Dovecot and SMTP server for a test class: <c>class X(MailServersFixture mail) : IClassFixture&lt;MailServersFixture&gt;</c>. All classes of a run share
/// one pair, which ends with the process; each test makes users of its own. A test begins with
/// <c>if (!mail.TryGet(out var servers)) return;</c>: where they cannot run, it says so and ends.
/// </summary>
public sealed class MailServersFixture : IAsyncLifetime
{
    private static readonly Lazy<Task<(MailServerPair? Servers, string? Missing)>> Shared = new(StartAsync);

    private MailServerPair? _servers;
    private string? _missing;

    internal bool TryGet([NotNullWhen(true)] out MailServerPair? servers, [CallerMemberName] string test = "")
    {
        if (_missing is not null) Console.WriteLine($"SKIPPED, NO MAIL SERVERS: {test} ({_missing}).");
        return (servers = _servers) is not null;
    }

    public async Task InitializeAsync() => (_servers, _missing) = await Shared.Value;

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task<(MailServerPair?, string?)> StartAsync()
        => await MailServerPair.MissingAsync() is { } missing ? (null, missing) : (await MailServerPair.StartAsync(), null);
}
