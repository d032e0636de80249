using System.Runtime.InteropServices;
using EmailOps.AppHost.Embedded;
using EmailOps.AppHost.Postgres;
using EmailOps.ServiceDefaults.Settings;

using var stop = new CancellationTokenSource();
// Ours before the hosts': Ctrl-C during the start must stop a PostgreSQL that is only just coming up.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

try
{
    await using var host = await EmbeddedHost.StartAsync(args, Terminal.Step, stop.Token);
    Terminal.Ready(host);
    var fallen = await host.WaitForStopAsync(stop.Token);
    if (fallen is not null)
        Terminal.Error($"The {fallen} stopped by itself; the log above says why.", "The rest stops with it. Start again with ./run.sh.");
    else
        Terminal.Stopping();
    await host.DisposeAsync();
    Terminal.Stopped();
    return fallen is null ? 0 : 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Terminal.Stopped();
    return 0;
}
catch (StartupException failure)
{
    Terminal.Error(failure);
    return 1;
}
catch (InvalidSettingException failure)
{
    Terminal.Error(failure.Message, "Settings are described in .env.example.");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
