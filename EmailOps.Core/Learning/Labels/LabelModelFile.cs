using System.Runtime.InteropServices;
using System.Text;

namespace EmailOps.Core.Learning.Labels;

/// <summary>
/// A multi-label model in one file, little-endian: magic <c>EOLM</c>, format (int32), version, labels and facts (length-prefixed UTF-8), figures, threshold, calibration, bits,
/// then buckets, weights of words and facts, bias and margins as plain arrays.
/// </summary>
internal static class LabelModelFile
{
    public const int Format = 1;
    private const uint Magic = 0x4D4C4F45;
    /// <summary>Guards against a damaged length field asking for all memory.</summary>
    private const int MostNumbers = 512 * 1024 * 1024 / sizeof(float);
    private const int MostNames = 1_000_000;

    /// <summary>Writes beside the file and moves over it, so that a reader never sees half a model.</summary>
    public static void Save(LabelParts parts, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        // Containers that share a folder all have the same process number.
        var partial = $"{path}.{Guid.NewGuid():n}.part";
        using (var file = File.Create(partial))
            Write(parts, file);
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>The same into any stream, which stays open.</summary>
    public static void Write(LabelParts parts, Stream stream)
    {
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Format);
            writer.Write(parts.Version);
            Write(writer, parts.Labels);
            Write(writer, parts.Features.Facts);
            writer.Write(parts.Figures.Examples);
            writer.Write(parts.Figures.MicroF1);
            writer.Write(parts.Figures.MacroF1);
            writer.Write(parts.Figures.ExactSets);
            writer.Write(parts.Figures.Seconds);
            writer.Write(parts.Threshold);
            writer.Write(parts.Calibration.Slope);
            writer.Write(parts.Features.FactLength);
            writer.Write(parts.Features.Words.Bits);
            Write(writer, parts.Calibration.Offsets.AsSpan());
            Write(writer, parts.Features.Words.Buckets.AsSpan());
            Write(writer, parts.Features.Words.InverseDocumentFrequency.AsSpan());
            Write(writer, parts.Features.FactWeights.AsSpan());
            Write(writer, parts.Margins.Bias.AsSpan());
            Write(writer, parts.Margins.Weights.AsSpan());
        }
    }

    /// <exception cref="InvalidDataException">Not a model, another format, or damaged. Delete the file; it is trained again.</exception>
    public static LabelParts Load(string path) => Read(File.ReadAllBytes(path), path);

    /// <param name="name">Where the bytes come from, for the message of the exception.</param>
    /// <exception cref="InvalidDataException">Not a model, another format, or damaged.</exception>
    public static LabelParts Read(byte[] bytes, string name)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            if (reader.ReadUInt32() != Magic)
                throw new InvalidDataException("it does not begin with EOLM");
            if (reader.ReadInt32() is var format and not Format)
                throw new InvalidDataException($"its format is {format}, this program reads {Format}");
            var version = reader.ReadString();
            string[] labels = Names(reader), facts = Names(reader);
            var figures = new LabelFigures(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
            var threshold = reader.ReadSingle();
            var slope = reader.ReadSingle();
            var factLength = reader.ReadSingle();
            var bits = reader.ReadInt32();
            if (bits is < 1 or > 26 || labels.Length == 0 || !(slope > 0) || !(threshold is >= 0 and <= 1) || !(factLength >= 0))
                throw new InvalidDataException("its header makes no sense");
            var offsets = Read<float>(reader);
            var buckets = Read<int>(reader);
            var frequencies = Read<float>(reader);
            if (buckets.Length != frequencies.Length || !buckets.All(b => (uint)b < 1u << bits))
                throw new InvalidDataException("its vocabulary is damaged");
            var factWeights = Read<float>(reader);
            var features = new LabelFeatures(new Vocabulary(bits, buckets, frequencies), facts, factWeights, factLength);
            var margins = new LabelMargins(Stride: TextModelParts.StrideOf(labels.Length), Bias: Read<float>(reader), Weights: Read<float>(reader));
            if (offsets.Length != labels.Length || factWeights.Length != facts.Length || margins.Bias.Length != margins.Stride || margins.Weights.Length != features.Count * margins.Stride)
                throw new InvalidDataException("its parts do not fit together");
            return new LabelParts(labels, version, features, margins, new LabelCalibration(slope, offsets), threshold, figures);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{name} is not a usable label model: {e.Message}. Delete it, it will be trained again.", e);
        }
    }

    private static void Write(BinaryWriter writer, string[] names)
    {
        writer.Write(names.Length);
        foreach (var name in names)
            writer.Write(name);
    }

    private static string[] Names(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if ((uint)length > MostNames)
            throw new InvalidDataException($"it claims {length} names");
        var names = new string[length];
        for (var i = 0; i < length; i++)
            names[i] = reader.ReadString();
        return names;
    }

    private static void Write<T>(BinaryWriter writer, Span<T> numbers) where T : unmanaged
    {
        writer.Write(numbers.Length);
        writer.Write(MemoryMarshal.AsBytes(numbers));
    }

    private static T[] Read<T>(BinaryReader reader) where T : unmanaged
    {
        var length = reader.ReadInt32();
        if ((uint)length > MostNumbers)
            throw new InvalidDataException($"it claims {length} numbers");
        var numbers = new T[length];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }
}
