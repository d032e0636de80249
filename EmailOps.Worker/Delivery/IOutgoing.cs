using EmailOps.Core.Delivery;

namespace EmailOps.Worker.Delivery;

/// <summary>Where a mailbox's replies leave, for a batch. What cannot be reached is tried once a batch.</summary>
internal interface IOutgoing : IAsyncDisposable
{
    /// <param name="stopping">The process ends: what has not left stays; for what has, the answer is waited for a little.</param>
    Task<SendOutcome> SendAsync(Departure reply, CancellationToken stopping);
}
