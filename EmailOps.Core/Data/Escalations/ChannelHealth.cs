using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes.Checking;

namespace EmailOps.Core.Data.Escalations;

/// <summary>Whether people can be told: a channel that fails is to be seen before somebody waits for its call.</summary>
internal sealed class ChannelHealth(ChannelStore store) : IHealthComponent
{
    public string Name => "notifications";

    public async Task<ComponentHealth> AskAsync(CancellationToken cancel)
    {
        var channels = (await store.ListAsync(cancel)).Where(c => c.IsEnabled).ToArray();
        if (channels.Length == 0) return new ComponentHealth("not configured", "No channel is set up: nobody is told about escalations but in the console.");
        // Failures of before its last success are over.
        return Array.Find(channels, c => c.Problem is not null) is { } bad
            ? new ComponentHealth("degraded", $"{bad.Name} ({bad.Kind}): {bad.Problem} See Channels in the console, or emailops channel test.")
            : new ComponentHealth("healthy", $"{channels.Length} channels tell people; {channels.Sum(c => c.Waiting)} notifications wait.");
    }
}
