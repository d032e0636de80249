using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EmailOps.Cli.Profiling;

/// <summary>A provider of events that a session listens to.</summary>
internal sealed record EventProvider(string Name, ulong Keywords, uint Level);

/// <summary>
/// Talks to the runtime inside another .NET process over its diagnostic socket, as dotnet-trace does: "Diagnostic IPC protocol" of the .NET runtime. A message is
/// <c>DOTNET_IPC_V1\0</c>, its whole size (2 bytes), command set, command, two reserved bytes, then the payload; numbers are little-endian, texts UTF-16 with their
/// length in characters and a zero at the end. Only the process's own user, and root, may open the socket.
/// </summary>
internal sealed class DiagnosticPort(string path)
{
    private const int HeaderBytes = 20;
    private const byte EventPipe = 2, StopTracing = 1, CollectTracing2 = 3, Server = 0xFF;
    private const uint NetTrace = 1;
    private const int MostAnswer = 64 * 1024;
    private static readonly byte[] Magic = "DOTNET_IPC_V1\0"u8.ToArray();

    /// <returns>Null when there is no such process, it is no .NET process, or it was told to have no port (DOTNET_EnableDiagnostics=0).</returns>
    public static DiagnosticPort? Find(int process)
    {
        var folder = Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } set ? set : "/tmp";
        // The name ends with when the process started, because numbers of processes come again: the newest is the living one's.
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"dotnet-diagnostic-{process.ToString(CultureInfo.InvariantCulture)}-*-socket").OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault() is { } found ? new DiagnosticPort(found) : null;
    }

    /// <summary>Copies the events of a session into a stream until it is ended.</summary>
    /// <param name="providers">What to listen to.</param>
    /// <param name="rundown">Also write, at the end, the names of all methods: a profile without them is numbers.</param>
    /// <param name="into">Gets the file format "nettrace".</param>
    /// <param name="enough">Completes when the session should end.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="CommandException">The runtime refused.</exception>
    public async Task<long> CollectAsync(IReadOnlyList<EventProvider> providers, bool rundown, Stream into, Task enough, CancellationToken cancel)
    {
        using var socket = await ConnectAsync(cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Message(EventPipe, CollectTracing2, Session(providers, rundown)), cancel);
        var session = BinaryPrimitives.ReadUInt64LittleEndian(await AnswerAsync(stream, cancel));
        var copying = CopyAsync(stream, into, cancel);
        await Task.WhenAny(enough, copying);
        if (!copying.IsCompleted)
        {
            using var second = await ConnectAsync(cancel);
            await using var orders = new NetworkStream(second);
            var id = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(id, session);
            await orders.WriteAsync(Message(EventPipe, StopTracing, id), cancel);
            await AnswerAsync(orders, cancel);
        }
        return await copying;
    }

    internal static byte[] Message(byte set, byte command, ReadOnlySpan<byte> payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), checked((ushort)message.Length));
        (message[16], message[17]) = (set, command);
        payload.CopyTo(message.AsSpan(HeaderBytes));
        return message;
    }

    private static byte[] Session(IReadOnlyList<EventProvider> providers, bool rundown)
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload, Encoding.Unicode);
        writer.Write(256u); // megabytes that the other process may buffer
        writer.Write(NetTrace);
        writer.Write(rundown);
        writer.Write((uint)providers.Count);
        foreach (var provider in providers)
        {
            writer.Write(provider.Keywords);
            writer.Write(provider.Level);
            writer.Write((uint)provider.Name.Length + 1);
            writer.Write(Encoding.Unicode.GetBytes(provider.Name + "\0"));
            writer.Write(0u); // no filter
        }
        writer.Flush();
        return payload.ToArray();
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return socket;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new CommandException($"The process's diagnostic port {path} cannot be opened: {refused.Message}. It belongs to the process's user; run this as the same one, or as root.");
        }
    }

    private static async Task<byte[]> AnswerAsync(Stream stream, CancellationToken cancel)
    {
        var header = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(header, cancel);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderBytes;
        if (!header.AsSpan(0, Magic.Length).SequenceEqual(Magic) || size is < 4 or > MostAnswer) throw new CommandException("The process's diagnostic port does not speak the protocol of .NET.");
        var payload = new byte[size];
        await stream.ReadExactlyAsync(payload, cancel);
        if (header[16] != Server || header[17] != 0)
            throw new CommandException($"The runtime refused (0x{BinaryPrimitives.ReadUInt32LittleEndian(payload):X8}).");
        return payload.Length >= sizeof(ulong) ? payload : [.. payload, .. new byte[sizeof(ulong) - payload.Length]];
    }

    private static async Task<long> CopyAsync(Stream from, Stream into, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        while (await from.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            await into.WriteAsync(buffer.AsMemory(0, read), cancel);
            total += read;
        }
        return total;
    }
}
