using EmailOps.Core.Work;
using EmailOps.Worker.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace EmailOps.Tests.Worker;

/// <summary>A drain without a host, whose stop a test orders.</summary>
internal sealed class Draining : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => CancellationToken.None;
    public CancellationToken ApplicationStopping => _stopping.Token;
    public CancellationToken ApplicationStopped => CancellationToken.None;
    public void StopApplication() => _stopping.Cancel();
    public void Dispose() => _stopping.Dispose();

    public static Drain Of(WorkOptions options, StageActivity? activity = null, Draining? life = null, TimeProvider? clock = null)
        => new(life ?? new Draining(), options, activity ?? new StageActivity(), clock ?? TimeProvider.System, NullLogger<Drain>.Instance);
}
