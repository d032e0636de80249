using EmailOps.AppHost.Embedded;

namespace EmailOps.Tests.AppHost;

/// <summary>A state folder that goes with the test. Short, and outside any home, as a socket path and root's server user need it.</summary>
internal sealed class StateFolderForTest : IDisposable
{
    public StateFolderForTest() => StateFiles.MakeFolder(Path);

    public string Path { get; } = $"/tmp/emailops-state-{Guid.NewGuid():N}"[..30];

    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    public string Data => System.IO.Path.Combine(Postgres, "data");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
