namespace EmailOps.Mail.Containers;

/// <summary>Gathers the bytes of one mail up to the limit; above it only the head is kept and the rest counted.</summary>
internal sealed class MailBuffer(ContainerLimits limits)
{
    private const int KeepBytes = 4 * 1024 * 1024;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;
    private long _size;

    public bool IsBlank => _size == _length && !_bytes.AsSpan(0, _length).ContainsAnyExcept("\r\n \t"u8);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _size += bytes.Length;
        if (_size > limits.MaxMessageBytes)
        {
            _length = Math.Min(_length, limits.HeadBytes);
            if (_bytes.Length > Math.Max(KeepBytes, limits.HeadBytes))
                Array.Resize(ref _bytes, Math.Max(limits.HeadBytes, 1));
            return;
        }

        if (_length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_length + bytes.Length, (int)Math.Min(2L * _bytes.Length, Math.Max(limits.MaxMessageBytes, 64 * 1024))));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Takes away the one empty line that an mbox writer puts behind each mail.</summary>
    public void TrimSeparatorLine()
    {
        var cut = _bytes.AsSpan(0, _length) switch
        {
            [.., (byte)'\n', (byte)'\r', (byte)'\n'] => 2,
            [.., (byte)'\n', (byte)'\n'] => 1,
            _ => 0,
        };
        if (_size != _length)
            return;
        _length -= cut;
        _size -= cut;
    }

    /// <summary>Hands the mail over in an array of its own and starts anew.</summary>
    public ContainedMail Take(string origin)
    {
        var mail = Pack(origin, _bytes.AsSpan(0, _length).ToArray(), _size, limits);
        Clear();
        return mail;
    }

    public void Clear()
    {
        if (_bytes.Length > KeepBytes)
            _bytes = new byte[64 * 1024];
        (_length, _size) = (0, 0);
    }

    public static ContainedMail Pack(string origin, byte[] raw, long size, ContainerLimits limits)
    {
        var isCut = size > raw.Length;
        var problem = isCut
            ? $"The mail is {Megabytes(size)} and over the limit of {Megabytes(limits.MaxMessageBytes)}: its first {Megabytes(raw.Length)} are kept, the whole stays where it is."
            : size == 0 ? "The mail is empty." : null;
        return new ContainedMail { Origin = origin, Raw = raw, Size = size, IsCut = isCut, Problem = problem };
    }

    private static string Megabytes(long bytes) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB");
}
