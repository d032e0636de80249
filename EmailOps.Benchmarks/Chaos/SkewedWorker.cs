using System.CommandLine;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Startup;
using EmailOps.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace EmailOps.Benchmarks.Chaos;

/// <summary>
/// <c>skewed-worker</c>: the real worker with a clock that is wrong. Only the time of day differs: timers and spans run as they should, as on a machine whose
/// clock was set wrong. The product has no such setting.
/// </summary>
internal static class SkewedWorker
{
    public const string Name = "skewed-worker";

    public static Command Create()
    {
        var skew = new Option<double>("--skew") { Description = "Seconds ahead of the machine's clock." };
        var command = new Command(Name, "The real worker with a wrong clock, for chaos with several workers.") { skew };
        command.Hidden = true;
        // As the worker's own program does it; signals are the host's.
        command.SetAction((parsed, _) => Process.RunAsync(() => WorkerHost.Create([], services => services.AddSingleton<TimeProvider>(new WrongClock(TimeSpan.FromSeconds(parsed.GetValue(skew))))),
            app => app.Services.GetRequiredService<MigrateAtStart>().StartAsync(CancellationToken.None), StoreFailures.Explain));
        return command;
    }

    private sealed class WrongClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}
