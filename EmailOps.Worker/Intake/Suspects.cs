namespace EmailOps.Worker.Intake;

/// <summary>
/// Mails at which the connection broke, by folder. A network breaks anywhere; a mail that breaks its server breaks it at the same place again. Such a
/// mail is first fetched alone, then only its head, then given up, so that it cannot stop those behind it.
/// </summary>
internal sealed class Suspects
{
    /// <summary>Breaks at one mail, after which only its head is asked for.</summary>
    public const int HeadOnly = 3;
    /// <summary>Breaks at one mail, after which it is not asked for any more.</summary>
    public const int GiveUp = 5;
    /// <summary>Guards memory against a server that breaks everywhere.</summary>
    private const int Most = 1000;
    private readonly Dictionary<(long Folder, uint Validity, uint Uid), int> _breaks = [];

    public void Broke(long folder, uint validity, uint uid)
    {
        if (_breaks.Count >= Most) _breaks.Clear();
        _breaks[(folder, validity, uid)] = Breaks(folder, validity, uid) + 1;
    }

    public int Breaks(long folder, uint validity, uint uid) => _breaks.GetValueOrDefault((folder, validity, uid));

    public IEnumerable<uint> Of(long folder, uint validity) => _breaks.Keys.Where(k => k.Folder == folder && k.Validity == validity).Select(k => k.Uid).Order();

    public void Clear(long folder, uint validity, uint uid) => _breaks.Remove((folder, validity, uid));
}
