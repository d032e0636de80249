using System.Threading.Channels;

namespace EmailOps.Worker.Intake;

/// <summary>Tells a loop that somebody wants something of it; many calls before it looks up are one.</summary>
internal sealed class LoopWake
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Forgets a signal that came while the loop was at work.</summary>
    public void Clear() => _signal.Reader.TryRead(out _);

    /// <summary>Cancels the given source when a signal comes; ends without throwing when it is cancelled by others.</summary>
    public async Task StopAsync(CancellationTokenSource stop)
    {
        try
        {
            await _signal.Reader.ReadAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        await stop.CancelAsync();
    }
}
