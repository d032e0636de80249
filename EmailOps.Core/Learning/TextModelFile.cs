using System.Runtime.InteropServices;
using System.Text;

namespace EmailOps.Core.Learning;

/// <summary>
/// A model in one file, little-endian: magic <c>EOTM</c>, format (int32), version and labels (length-prefixed UTF-8), figures,
/// temperature and calibration, bits, switches, then buckets, document frequencies, scope scores, bias and weights as plain arrays. Read in one go.
/// </summary>
internal static class TextModelFile
{
    public const int Format = 2;
    private const uint Magic = 0x4D544F45;
    /// <summary>Guards against a damaged length field asking for all memory.</summary>
    private const int MostNumbers = 512 * 1024 * 1024 / sizeof(float);

    /// <summary>Writes beside the file and moves over it, so that a reader never sees half a model.</summary>
    public static void Save(TextModelParts parts, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var partial = $"{path}.{Environment.ProcessId}.part";
        using (var writer = new BinaryWriter(File.Create(partial), Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(Format);
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
            writer.Write(parts.Switches);
            Write(writer, parts.Vocabulary.Buckets.AsSpan());
            Write(writer, parts.Vocabulary.InverseDocumentFrequency.AsSpan());
            Write(writer, parts.Scope.Scores.AsSpan());
            Write(writer, parts.Bias.AsSpan());
            Write(writer, parts.Weights.AsSpan());
        }
        File.Move(partial, path, overwrite: true);
    }

    /// <exception cref="InvalidDataException">Not a model, another format, or damaged. Delete the file; it is trained again.</exception>
    public static TextModelParts Load(string path)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(File.ReadAllBytes(path)), Encoding.UTF8);
            if (reader.ReadUInt32() != Magic)
                throw new InvalidDataException("it does not begin with EOTM");
            if (reader.ReadInt32() is var format and not Format)
                throw new InvalidDataException($"its format is {format}, this program reads {Format}");
            var version = reader.ReadString();
            var labels = new string[Math.Min(reader.ReadInt32(), 100_000)];
            for (var i = 0; i < labels.Length; i++)
                labels[i] = reader.ReadString();
            var figures = new TrainingFigures(reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
            var temperature = reader.ReadSingle();
            var calibration = new BetaCalibration(reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle());
            var bits = reader.ReadInt32();
            var switches = reader.ReadInt32();
            if (bits is < 1 or > 26 || switches < 0 || !(temperature > 0))
                throw new InvalidDataException("its header makes no sense");
            var buckets = Read<int>(reader);
            var frequencies = Read<float>(reader);
            var scope = new ScopeTest(Read<float>(reader));
            var parts = new TextModelParts
            {
                Labels = labels,
                Version = version,
                Figures = figures,
                Temperature = temperature,
                Calibration = calibration,
                Scope = scope,
                Switches = switches,
                Bias = Read<float>(reader),
                Weights = Read<float>(reader),
                Vocabulary = buckets.Length == frequencies.Length && buckets.All(b => (uint)b < 1u << bits)
                    ? new Vocabulary(bits, buckets, frequencies)
                    : throw new InvalidDataException("its vocabulary is damaged"),
            };
            if (parts.Bias.Length != parts.Stride || parts.Weights.Length != (buckets.Length + switches) * parts.Stride)
                throw new InvalidDataException("its parts do not fit together");
            return parts;
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{path} is not a usable text model: {e.Message}. Delete it, it will be trained again.", e);
        }
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
