using EmailOps.Mail.Imap;

namespace EmailOps.Worker.Intake;

/// <summary>Up to where all mails of a list are done, in whatever order servers hand them out.</summary>
internal sealed class Frontier
{
    private readonly HashSet<uint> _ahead = [];
    private readonly IEnumerator<uint> _uids;
    private readonly uint _end;
    private bool _isOver;

    /// <param name="uids">To do, in rising order.</param>
    /// <param name="end">What <see cref="Next"/> is when all are done.</param>
    public Frontier(UidSet uids, uint end)
    {
        _uids = uids.GetEnumerator();
        _end = end;
        _isOver = !_uids.MoveNext();
    }

    /// <summary>The first that is not done; every UID below it is.</summary>
    public uint Next => _isOver ? _end : _uids.Current;

    public void Done(uint uid)
    {
        if (_isOver || uid < _uids.Current) return;
        _ahead.Add(uid);
        while (!_isOver && _ahead.Remove(_uids.Current)) _isOver = !_uids.MoveNext();
    }
}
