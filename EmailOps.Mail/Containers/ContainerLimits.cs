namespace EmailOps.Mail.Containers;

/// <summary>What a container may cost. The defaults hold memory to about one message and refuse zip bombs.</summary>
public sealed record ContainerLimits
{
    public static ContainerLimits Default { get; } = new();

    /// <summary>Largest mail handed over whole, in bytes. Guards memory: a larger one comes as its head with its size.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes kept of a mail that is too large: enough for its header and the start of its text.</summary>
    public int HeadBytes { get; init; } = 1024 * 1024;

    /// <summary>Most bytes unpacked from one zip, over all its entries. Guards time and disk of whoever stores them.</summary>
    public long MaxUnpackedBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>Largest ratio of unpacked to packed bytes of one zip entry, applied above <see cref="RatioFloorBytes"/>. Mail packs 3 to 30 times.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>Entries that unpack to fewer bytes than this are never called a bomb.</summary>
    public long RatioFloorBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Most entries of one zip. Guards memory: the directory of a zip is read whole.</summary>
    public int MaxZipEntries { get; init; } = 1_000_000;
}
