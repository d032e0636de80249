using EmailOps.Core.Contracts;
using EmailOps.Tests.Hosts;
using Microsoft.AspNetCore.Builder;

namespace EmailOps.Tests.Worker.Intake;

/// <summary>The retry button of the ledger, through the real Api.</summary>
internal sealed class Retry(WebApplication api) : IAsyncDisposable
{
    public ApiCaller Caller { get; } = new(api.Address(), TestHosts.Key);

    public static async Task<Retry> StartAsync(ReadMailbox mailbox) => new(await TestHosts.ApiAsync(mailbox.Store.ConnectionString));

    public Task<IntakeView> TryAsync(long line) => Caller.SendAsync<IntakeView>(HttpMethod.Post, $"/intake/{line}/retry", null);

    public async ValueTask DisposeAsync()
    {
        Caller.Dispose();
        await api.StopAsync();
        await api.DisposeAsync();
    }
}
