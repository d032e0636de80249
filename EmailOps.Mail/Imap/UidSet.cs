using System.Collections;
using System.Globalization;
using System.Text;

namespace EmailOps.Mail.Imap;

/// <summary>UIDs in rising order, kept as ranges: <c>1:5,7,9:10</c> (sequence-set, RFC 9051, section 9). Never changes.</summary>
public sealed class UidSet : IEnumerable<uint>
{
    public static readonly UidSet Empty = new([]);

    private readonly (uint First, uint Last)[] _ranges;

    private UidSet((uint First, uint Last)[] ranges)
    {
        _ranges = ranges;
        foreach (var (first, last) in ranges)
            Count += (long)last - first + 1;
    }

    /// <summary>How many UIDs, gaps not counted.</summary>
    public long Count { get; }

    public IReadOnlyList<(uint First, uint Last)> Ranges => _ranges;

    public bool IsEmpty => _ranges.Length == 0;

    public uint Last => IsEmpty ? 0 : _ranges[^1].Last;

    public static UidSet Range(uint first, uint last) => new([(Math.Min(first, last), Math.Max(first, last))]);

    public static UidSet Of(params IEnumerable<uint> uids) => FromRanges([.. uids.Select(uid => (uid, uid))]);

    /// <summary>From ranges in any order, overlapping or not; 0, which is no UID, is left out.</summary>
    public static UidSet FromRanges(List<(uint First, uint Last)> ranges)
    {
        var sorted = true;
        for (var i = 1; i < ranges.Count && sorted; i++)
            sorted = ranges[i - 1].First <= ranges[i].First;
        if (!sorted)
            ranges.Sort(static (a, b) => a.First.CompareTo(b.First));
        var joined = new List<(uint First, uint Last)>();
        foreach (var (start, last) in ranges)
        {
            var first = Math.Max(start, 1);
            if (last < first)
                continue;
            if (joined.Count > 0 && first <= (ulong)joined[^1].Last + 1)
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            else
                joined.Add((first, last));
        }
        return joined.Count == 0 ? Empty : new UidSet([.. joined]);
    }

    /// <summary>Reads what servers send. Parts that are no numbers are left out; <c>*</c> is no UID a server may name.</summary>
    public static UidSet Parse(ReadOnlySpan<byte> text, int maxRanges = int.MaxValue)
    {
        var ranges = new List<(uint, uint)>();
        foreach (var part in text.Split((byte)','))
        {
            var piece = text[part].Trim((byte)' ');
            var colon = piece.IndexOf((byte)':');
            if (ranges.Count >= maxRanges)
                break;
            if (!uint.TryParse(colon < 0 ? piece : piece[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var first))
                continue;
            if (colon < 0)
                ranges.Add((first, first));
            else if (uint.TryParse(piece[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
                ranges.Add((Math.Min(first, last), Math.Max(first, last)));
        }
        return FromRanges(ranges);
    }

    public static UidSet Parse(string text) => Parse(Encoding.ASCII.GetBytes(text));

    public bool Contains(uint uid)
    {
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (uid < _ranges[middle].First)
                high = middle - 1;
            else if (uid > _ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    public UidSet Union(UidSet other) => FromRanges([.. _ranges, .. other._ranges]);

    /// <summary>Those of this set that are not in the other.</summary>
    public UidSet Except(UidSet other)
    {
        var left = new List<(uint, uint)>();
        var next = 0;
        foreach (var (start, last) in _ranges)
        {
            ulong first = start;
            while (next < other._ranges.Length && other._ranges[next].Last < first)
                next++;
            for (var i = next; i < other._ranges.Length && other._ranges[i].First <= last && first <= last; i++)
            {
                if (other._ranges[i].First > first)
                    left.Add(((uint)first, other._ranges[i].First - 1));
                first = Math.Max(first, (ulong)other._ranges[i].Last + 1);
            }
            if (first <= last)
                left.Add(((uint)first, last));
        }
        return FromRanges(left);
    }

    /// <summary>Those of this set from <paramref name="first"/> on.</summary>
    public UidSet From(uint first) => FromRanges([.. _ranges.Where(range => range.Last >= first).Select(range => (Math.Max(range.First, first), range.Last))]);

    /// <summary>Cuts the set into sets of at most so many UIDs each, whose text stays below the 8,000 bytes that servers take (RFC 2683, section 3.2.1.5).</summary>
    public IEnumerable<UidSet> Windows(int size)
    {
        const int maxRanges = 300;
        var window = new List<(uint First, uint Last)>();
        var room = (long)size;
        foreach (var range in _ranges)
        {
            for (ulong first = range.First; first <= range.Last;)
            {
                var last = Math.Min(range.Last, (uint)Math.Min(first + (ulong)room - 1, uint.MaxValue));
                window.Add(((uint)first, last));
                room -= (long)(last - first + 1);
                first = (ulong)last + 1;
                if (room > 0 && window.Count < maxRanges)
                    continue;
                yield return new UidSet([.. window]);
                window.Clear();
                room = size;
            }
        }
        if (window.Count > 0)
            yield return new UidSet([.. window]);
    }

    public IEnumerator<uint> GetEnumerator()
    {
        foreach (var (first, last) in _ranges)
        {
            for (ulong uid = first; uid <= last; uid++)
                yield return (uint)uid;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() =>
        string.Join(',', _ranges.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}:{range.Last}"));
}
