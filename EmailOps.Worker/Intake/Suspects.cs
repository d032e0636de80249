namespace EmailOps.Worker.Intake;

/// <summary>
/// Mails at which the connection broke, by folder. A network breaks anywhere; a mail that breaks its server breaks it at the same place again. Such a
/// mail is first fetched alone, then only its head, then given up, so that it cannot stop those behind it.
/// </summary>
internal sealed class Suspects<TPlace> where TPlace : notnull
{
    /// <summary>Guards memory against a server that breaks everywhere.</summary>
    private const int Most = 1000;
    private readonly Dictionary<TPlace, int> _breaks = [];

    public void Broke(TPlace place)
    {
        if (_breaks.Count >= Most) _breaks.Clear();
        _breaks[place] = Breaks(place) + 1;
    }

    public int Breaks(TPlace place) => _breaks.GetValueOrDefault(place);

    public IEnumerable<TPlace> All => _breaks.Keys;

    public void Clear(TPlace place) => _breaks.Remove(place);
}

/// <summary>What breaks at one mail lead to.</summary>
internal static class Suspicion
{
    /// <summary>Breaks, after which only its head is asked for.</summary>
    public const int HeadOnly = 3;
    /// <summary>Breaks, after which it is not asked for any more.</summary>
    public const int GiveUp = 5;
}

/// <summary>A mail in a folder read over IMAP.</summary>
internal readonly record struct ImapPlace(long Folder, uint Validity, uint Uid);

/// <summary>A mail in a folder read by an API.</summary>
internal readonly record struct RemotePlace(long Folder, string Id);
