using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EmailOps.Core.Learning;

/// <summary>
/// A model in one file, little-endian: <c>EOTM</c>, format (int32), length of the file (int64), SHA-256 of all that follows, length of the head (int32); the head (version,
/// labels, figures, calibration, sizes, with length-prefixed UTF-8); then, each at a multiple of 64 bytes, buckets (int32), document frequencies (uint16), scope scores,
/// switch weights, bias, what the hidden layer has beside its rows, and the rows. The rows, nearly all of the file, are mapped and not copied: processes share them.
/// <para>A file in use may be moved, replaced by another or deleted, but never be written into.</para>
/// </summary>
internal static class TextModelFile
{
    public const int Format = 4;
    private const uint Magic = 0x4D544F45;
    private const int Preamble = 4 + 4 + 8 + SHA256.HashSizeInBytes + 4;
    private const int Alignment = 64;
    private const int MostLabels = 100_000;

    /// <summary>Writes beside the file and moves over it, so that a reader never sees half a model, not even after a power cut.</summary>
    public static void Save(TextModelParts parts, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var partial = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}.part";
        try
        {
            using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Bytes(parts));
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <exception cref="InvalidDataException">Not a model, another format, or damaged. Delete the file; it is trained again.</exception>
    public static TextModelParts Load(string path)
    {
        try
        {
            return Read(MappedFile.Open(path));
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{path} is not a usable text model: {e.Message}. Delete it, it will be trained again.", e);
        }
    }

    private static byte[] Bytes(TextModelParts parts)
    {
        var head = Head(parts);
        var stream = new MemoryStream();
        stream.Write(new byte[Preamble]);
        stream.Write(head);
        Write<int>(stream, parts.Vocabulary.Buckets);
        Write<ushort>(stream, Array.ConvertAll(parts.Vocabulary.InverseDocumentFrequency, w => (ushort)Vocabulary.Steps(w)));
        Write<float>(stream, parts.Scope.Scores);
        Write<float>(stream, parts.SwitchWeights);
        Write<float>(stream, parts.Bias);
        if (parts.Hidden is { } hidden)
        {
            Write<float>(stream, hidden.Bias);
            Write<float>(stream, hidden.Outputs);
            Write<float>(stream, hidden.OutputBias);
        }
        Write(stream, parts.Rows.Bytes.Span);
        var bytes = stream.ToArray();
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write(Magic);
        writer.Write(Format);
        writer.Write((long)bytes.Length);
        MemoryMarshal.Write(bytes.AsSpan(Preamble - 4), head.Length);
        SHA256.HashData(bytes.AsSpan(Preamble - 4), bytes.AsSpan(16));
        return bytes;
    }

    private static byte[] Head(TextModelParts parts)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(parts.Version);
        writer.Write(parts.Labels.Length);
        foreach (var label in parts.Labels)
            writer.Write(label);
        writer.Write(parts.Figures.Examples);
        writer.Write(parts.Figures.HeldOut);
        writer.Write(parts.Figures.Accuracy);
        writer.Write(parts.Figures.MacroF1);
        writer.Write(parts.Figures.ExpectedCalibrationError);
        writer.Write(parts.Figures.Seconds);
        writer.Write(parts.Temperature);
        writer.Write(parts.Calibration.A);
        writer.Write(parts.Calibration.B);
        writer.Write(parts.Calibration.C);
        writer.Write(parts.Vocabulary.Bits);
        writer.Write(parts.Vocabulary.Count);
        writer.Write(parts.Scope.Scores.Length);
        writer.Write(parts.Switches);
        writer.Write(parts.Hidden?.Units ?? 0);
        writer.Flush();
        return stream.ToArray();
    }

    private static TextModelParts Read(MappedFile file)
    {
        var bytes = file.Memory.Span;
        if (bytes.Length < Preamble || MemoryMarshal.Read<uint>(bytes) != Magic)
            throw new InvalidDataException("it does not begin with EOTM");
        if (MemoryMarshal.Read<int>(bytes[4..]) is var format and not Format)
            throw new InvalidDataException($"its format is {format}, this program reads {Format}");
        if (MemoryMarshal.Read<long>(bytes[8..]) is var length && length != bytes.Length)
            throw new InvalidDataException($"it has {bytes.Length} of {length} bytes");
        if (!SHA256.HashData(bytes[(Preamble - 4)..]).AsSpan().SequenceEqual(bytes.Slice(16, SHA256.HashSizeInBytes)))
            throw new InvalidDataException("its checksum is wrong");
        var headLength = MemoryMarshal.Read<int>(bytes[(Preamble - 4)..]);
        if (headLength < 0 || headLength > bytes.Length - Preamble)
            throw new InvalidDataException("its head does not fit into it");
        using var reader = new BinaryReader(new MemoryStream(bytes.Slice(Preamble, headLength).ToArray()), Encoding.UTF8);
        var parts = ReadParts(reader, new Sections(file, Preamble + headLength));
        GC.KeepAlive(file);
        return parts;
    }

    private static TextModelParts ReadParts(BinaryReader reader, Sections sections)
    {
        var version = reader.ReadString();
        if (reader.ReadInt32() is var count && count is < 1 or > MostLabels)
            throw new InvalidDataException($"it claims {count} labels");
        var labels = new string[count];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = reader.ReadString();
        var figures = new TrainingFigures(reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var temperature = reader.ReadSingle();
        var calibration = new BetaCalibration(reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle());
        var (bits, features, scores, switches, units) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        if (bits is < 1 or > Vocabulary.MostBits || features < 0 || switches < 0 || !(temperature > 0) || units is < 0 or > HiddenLayer.MostUnits || units % QuantisedRows.Lanes != 0)
            throw new InvalidDataException("its head makes no sense");
        var stride = TextModelParts.StrideOf(count);
        var buckets = sections.Copy<int>(features);
        var frequencies = Array.ConvertAll(sections.Copy<ushort>(features), s => Vocabulary.OfSteps(s));
        if (buckets.Any(b => (uint)b >= 1u << bits))
            throw new InvalidDataException("its vocabulary is damaged");
        return new TextModelParts
        {
            Labels = labels,
            Version = version,
            Figures = figures,
            Temperature = temperature,
            Calibration = calibration,
            Vocabulary = new Vocabulary(bits, buckets, frequencies),
            Scope = new ScopeTest(sections.Copy<float>(scores)),
            SwitchWeights = sections.Copy<float>((long)switches * stride),
            Bias = sections.Copy<float>(stride),
            Hidden = units == 0 ? null : new HiddenLayer(sections.Copy<float>(units), sections.Copy<float>((long)units * stride), sections.Copy<float>(stride)),
            Rows = new QuantisedRows(sections.Map((long)features * QuantisedRows.RowBytes(stride + units)), stride + units),
        };
    }

    private static void Write<T>(MemoryStream stream, ReadOnlySpan<T> numbers) where T : unmanaged
    {
        stream.Write(new byte[(Alignment - stream.Position % Alignment) % Alignment]);
        stream.Write(MemoryMarshal.AsBytes(numbers));
    }

    /// <summary>The arrays behind the head, one after the other.</summary>
    private sealed class Sections(MappedFile file, long position)
    {
        private long _position = position;

        public T[] Copy<T>(long count) where T : unmanaged => MemoryMarshal.Cast<byte, T>(file.Memory[Next(count, Unsafe.SizeOf<T>())].Span).ToArray();

        public ReadOnlyMemory<byte> Map(long count) => file.Memory[Next(count, 1)];

        private Range Next(long count, int size)
        {
            var start = (_position + Alignment - 1) / Alignment * Alignment;
            if (count < 0 || start + count * size > file.Memory.Length)
                throw new InvalidDataException("its parts do not fit together");
            _position = start + count * size;
            return (int)start..(int)_position;
        }
    }
}
