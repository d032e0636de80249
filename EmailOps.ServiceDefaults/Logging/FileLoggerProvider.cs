using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults.Logging;

/// <summary>The same JSON lines in a rolling file, which all hosts of this process share.</summary>
[ProviderAlias("File")]
internal sealed class FileLoggerProvider(string path, LogLine line, TimeProvider time) : ILoggerProvider, ISupportExternalScope, IAsyncDisposable
{
    private static readonly Dictionary<string, (RollingFile File, int Users)> Files = [];

    private readonly RollingFile _file = Take(path, time);
    private IExternalScopeProvider? _scopes;
    private bool _disposed;

    public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>Writes what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        bool last;
        lock (Files)
        {
            var users = Files[path].Users - 1;
            last = users == 0;
            if (last)
                Files.Remove(path);
            else
                Files[path] = (_file, users);
        }

        if (last)
            await _file.DisposeAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static RollingFile Take(string path, TimeProvider time)
    {
        lock (Files)
        {
            var (file, users) = Files.GetValueOrDefault(path);
            file ??= new RollingFile(path, time);
            Files[path] = (file, users + 1);
            return file;
        }
    }

    private sealed class FileLogger(FileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(line: provider.Line(category, logLevel, state, formatter(state, exception), exception));
    }

    private string Line<TState>(string category, LogLevel level, TState state, string message, Exception? exception) =>
        line.Write(category, level, state, message, exception, _scopes);

    private void Write(string line) => _file.Write(line);
}
