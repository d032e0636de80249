namespace EmailOps.Mail;

/// <summary>Where one header field lies in the raw bytes. The value runs from after the colon to before the last line end, folds included.</summary>
internal readonly record struct HeaderField(int NameStart, int NameLength, int ValueStart, int ValueEnd)
{
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> raw) => raw.Slice(NameStart, NameLength);

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> raw) => raw[ValueStart..ValueEnd];
}
