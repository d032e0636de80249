using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EmailOps.Tests.Deployment;

/// <summary>A service as a process of its own, with the variables that the manifest gives it and nothing of this process but the way to dotnet.</summary>
internal sealed partial class ManifestProcess : IAsyncDisposable
{
    private static readonly string[] Kept = ["PATH", "DOTNET_ROOT", "TMPDIR"];
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private ManifestProcess(Process process) => _process = process;

    /// <summary>Both streams so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <param name="home">Its user's home folder: what has no volume is lost with the container.</param>
    /// <param name="values">What the manifest's expressions come to.</param>
    public static ManifestProcess Start(JsonElement manifest, string service, string home, Func<string, string> values)
    {
        var project = manifest.GetProperty("resources").GetProperty(service);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, Path.ChangeExtension(Path.GetFileName(project.GetProperty("path").GetString()!), ".dll"))]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home };
        foreach (var name in start.Environment.Keys.Except(Kept).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        foreach (var variable in project.GetProperty("env").EnumerateObject()) start.Environment[variable.Name] = Expression().Replace(variable.Value.GetString()!, m => values(m.Groups[1].Value));
        var started = new ManifestProcess(new Process { StartInfo = start });
        DataReceivedEventHandler hear = (_, line) =>
        {
            lock (started._said) started._said.AppendLine(line.Data);
        };
        started._process.OutputDataReceived += hear;
        started._process.ErrorDataReceived += hear;
        started._process.Start();
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"\{([a-z0-9-]+\.[A-Za-z0-9.-]+)\}")]
    private static partial Regex Expression();
}
