namespace EmailOps.Core.Mailboxes.Remote;

/// <summary>
/// A mailbox behind a provider's API, for one visit. Ids are the provider's, stay the same as long as the mail is in the mailbox, and are never made up.
/// Every call throws <see cref="RemoteException"/> for what the provider or the way to it does wrong, and nothing else but cancellation.
/// </summary>
internal interface IRemoteMailbox : IAsyncDisposable
{
    /// <summary>Bytes that the provider sent so far: whenever they are more than before, it was heard.</summary>
    long BytesRead { get; }

    /// <summary>Whom we talk to, for logs: host and port.</summary>
    string Server { get; }

    /// <returns>Null when the mailbox has no such folder (label).</returns>
    Task<RemoteFolder?> OpenAsync(string name, CancellationToken cancel);

    /// <summary>
    /// What came into the folder since the cursor, page by page; everything that is in it without one. A mail may be named more than once. A page's
    /// cursor may be saved once all mails named up to and with that page are stored.
    /// </summary>
    /// <exception cref="RemoteException">With <see cref="RemoteFailure.CursorLost"/>: the provider no longer knows the cursor; begin without one.</exception>
    IAsyncEnumerable<RemoteChanges> ChangesAsync(RemoteFolder folder, string? cursor, CancellationToken cancel);

    /// <summary>The ids of all mails in the folder now, page by page.</summary>
    IAsyncEnumerable<IReadOnlyList<string>> ListAsync(RemoteFolder folder, CancellationToken cancel);

    /// <summary>Mails as they came (RFC 5322), in any order. What is gone meanwhile is said to be (<see cref="RemoteMail.IsGone"/>); every id is answered once, unless the call throws.</summary>
    IAsyncEnumerable<RemoteMail> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancel);

    /// <summary>The header only of a mail that cannot be had whole.</summary>
    Task<RemoteMail> HeadAsync(string id, CancellationToken cancel);

    /// <summary>Marks as read; what is gone is left out.</summary>
    Task MarkSeenAsync(IReadOnlyList<string> ids, CancellationToken cancel);

    /// <exception cref="RemoteException">With <see cref="RemoteFailure.Refused"/>: there is no such folder to move to.</exception>
    Task MoveAsync(RemoteFolder from, IReadOnlyList<string> ids, string to, CancellationToken cancel);

    /// <summary>Hands a reply over, once: nothing is tried again inside.</summary>
    /// <exception cref="RemoteException">Its kind says whether it can have been taken: see <see cref="RemoteException.MayHaveArrived"/>.</exception>
    Task<RemoteReceipt> SendAsync(RemoteReply reply, CancellationToken cancel);

    /// <summary>Whether the provider has the reply among what was sent.</summary>
    Task<bool> WasSentAsync(RemoteReply reply, CancellationToken cancel);
}

/// <param name="Id">The provider's.</param>
/// <param name="Count">Mails in it; null where it does not say.</param>
internal sealed record RemoteFolder(string Id, string Name, long? Count);

/// <param name="Cursor">Null: none yet; a later page has it.</param>
internal sealed record RemoteChanges(IReadOnlyList<string> Ids, string? Cursor);

/// <param name="Raw">Null when it was not handed out.</param>
/// <param name="Size">Of the whole mail, as far as is known.</param>
/// <param name="Problem">Why there is no <paramref name="Raw"/>.</param>
/// <param name="IsGone">It is not there any more.</param>
/// <param name="IsCut">Only its beginning, because it is larger than the limit.</param>
internal sealed record RemoteMail(string Id, string? Thread, byte[]? Raw, long Size, string? Problem = null, bool IsGone = false, bool IsCut = false);

/// <summary>A reply that is to leave, or is looked for.</summary>
/// <param name="AnsweredId">The provider's id of the message answered; null when it came another way.</param>
/// <param name="Thread">The provider's thread of that message.</param>
/// <param name="Since">Not sent before this, as far as anybody knows.</param>
internal sealed record RemoteReply(string InternetMessageId, string Recipient, byte[] Raw, string? AnsweredId, string? Thread, DateTimeOffset Since);

/// <param name="Said">What the provider answered, for people; no secrets in it.</param>
internal sealed record RemoteReceipt(string Said);
