namespace EmailOps.Mail.Containers;

/// <summary>Bytes that one zip may still unpack, over all entries.</summary>
internal sealed class UnpackBudget(long bytes)
{
    public long Left { get; private set; } = bytes;

    public void Spend(int bytes)
    {
        Left -= bytes;
        if (Left < 0)
            throw new InvalidDataException("the zip unpacks to more than the limit allows. Split it, or raise ContainerLimits.MaxUnpackedBytes.");
    }
}

/// <summary>Counts what an entry unpacks to, and fails as soon as it behaves like a bomb; sizes written in the zip are not believed.</summary>
internal sealed class MeteredStream(Stream inner, long packedBytes, ContainerLimits limits, UnpackBudget budget) : ForwardStream(inner)
{
    private long _unpacked;

    public override long Position { get => _unpacked; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var got = Inner.Read(buffer);
        _unpacked += got;
        budget.Spend(got);
        if (_unpacked > limits.RatioFloorBytes && _unpacked / limits.MaxRatio > packedBytes)
            throw new InvalidDataException($"it unpacks to more than {limits.MaxRatio} times its size, as zip bombs do.");
        return got;
    }
}
