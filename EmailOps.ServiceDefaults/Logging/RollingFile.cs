using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>
/// A log file that is renamed to <c>NAME.yyyy-MM-dd</c> at midnight UTC; older ones than the days kept are deleted. Writing happens
/// behind a bounded queue; a full disk costs lines, never the program.
/// </summary>
public sealed class RollingFile : IAsyncDisposable
{
    /// <summary>Guards memory when the disk is slower than the logging; lines beyond it are dropped and counted.</summary>
    private const int QueuedLines = 10_000;

    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromMinutes(1);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(QueuedLines) { SingleReader = true });
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly int _daysKept;
    private readonly Task _writing;
    private FileStream? _file;
    private DateOnly _day;
    private DateTimeOffset _closedUntil;
    private long _dropped;

    public RollingFile(string path, TimeProvider time, int daysKept = 7)
    {
        _path = path;
        _time = time;
        _daysKept = daysKept;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Never waits.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAllAsync()
    {
        var batch = new StringBuilder();
        await foreach (var first in _lines.Reader.ReadAllAsync())
        {
            batch.Append(first).Append('\n');
            while (batch.Length < 64 * 1024 && _lines.Reader.TryRead(out var more))
                batch.Append(more).Append('\n');
            if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                batch.Append(CultureInfo.InvariantCulture, $"{{\"level\":\"WARNING\",\"logger\":\"EmailOps.Logging\",\"message\":\"{dropped} log lines were dropped: the disk is too slow\"}}\n");
            WriteBatch(Encoding.UTF8.GetBytes(batch.ToString()));
            batch.Clear();
        }

        if (_file is not null)
            await _file.DisposeAsync();
    }

    private void WriteBatch(byte[] bytes)
    {
        var now = _time.GetUtcNow();
        if (now < _closedUntil)
            return;
        try
        {
            Open(DateOnly.FromDateTime(now.UtcDateTime));
            _file!.Write(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The console still has every line.
            Console.Error.WriteLine($"The log file {_path} cannot be written ({failure.Message}); trying again in a minute. Set LOG_FILE_PATH, or LOG_FILE_ENABLED=false.");
            _closedUntil = now + RetryAfterFailure;
            _file?.Dispose();
            _file = null;
        }
    }

    private void Open(DateOnly today)
    {
        if (_file is not null && _day == today)
            return;
        _file?.Dispose();
        _file = null;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        var written = File.Exists(_path) ? DateOnly.FromDateTime(File.GetLastWriteTimeUtc(_path)) : today;
        if (written < today && !File.Exists(Dated(written)))
            File.Move(_path, Dated(written));
        DeleteOld(today);
        // Shared for reading only: a second process that was given the same file is told so, instead of both writing over each other.
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        _file = new FileStream(_path, options);
        _day = today;
    }

    private string Dated(DateOnly day) => $"{_path}.{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private void DeleteOld(DateOnly today)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(_path))!;
        foreach (var old in Directory.EnumerateFiles(folder, $"{Path.GetFileName(_path)}.????-??-??"))
        {
            if (DateOnly.TryParseExact(old.AsSpan(old.Length - 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                && day < today.AddDays(-_daysKept))
                File.Delete(old);
        }
    }
}
