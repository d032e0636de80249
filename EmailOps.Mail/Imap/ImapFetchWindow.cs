namespace EmailOps.Mail.Imap;

/// <summary>One FETCH command that is under way: which UIDs it asks for and which of them came.</summary>
internal sealed class ImapFetchWindow(UidSet uids, long tag)
{
    private readonly HashSet<uint> _outOfOrder = [];
    private uint _highest;

    public UidSet Uids => uids;

    public long Tag => tag;

    public int Delivered { get; private set; }

    /// <summary>False where the message was not asked for, or came before.</summary>
    public bool Accept(uint uid)
    {
        // Within a command servers answer in rising order; only what comes otherwise needs a memory.
        if (!uids.Contains(uid) || (uid <= _highest && !_outOfOrder.Remove(uid)))
            return false;
        if (uid > _highest)
        {
            Skip(_highest + 1, uid);
            _highest = uid;
        }
        Delivered++;
        return true;
    }

    /// <summary>UIDs that did not come.</summary>
    public UidSet Missing() => UidSet.Of(_outOfOrder).Union(_highest == uint.MaxValue ? UidSet.Empty : uids.From(_highest + 1));

    private void Skip(uint from, uint to)
    {
        foreach (var (first, last) in uids.Ranges)
        {
            for (ulong uid = Math.Max(first, from); uid <= last && uid < to; uid++)
                _outOfOrder.Add((uint)uid);
        }
    }
}
