using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace EmailOps.Tests.Deploy;

/// <summary>
/// docker-compose, kubectl and the schemas of Kubernetes, from <c>eng/deploytools.sh</c>. Where they can be neither found nor fetched, tests that need
/// them end early and say so.
/// </summary>
internal sealed class DeployTools
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly Lazy<DeployTools?> Found = new(Find);
    private readonly string _folder;

    private DeployTools(string folder) => _folder = folder;

    public static DeployTools? Get([CallerMemberName] string test = "")
    {
        if (Found.Value is null)
            Console.WriteLine($"SKIPPED, NO TOOLS: {test} needs docker-compose and kubectl (eng/deploytools.sh fetches them).");
        return Found.Value;
    }

    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>What an apply of this folder would send.</summary>
    public IReadOnlyList<JsonObject> Kustomize(string folder)
    {
        var (code, output, error) = Run(File("kubectl"), ["kustomize", Path.Combine(Checkout.Root, folder)], []);
        Assert.True(code == 0, $"kubectl kustomize {folder}: {error}");
        return Yaml.Read(output);
    }

    /// <summary>deploy/compose as docker compose understands it, profiles included.</summary>
    public (int Code, JsonObject? Config, string Error) Compose(params (string Name, string Value)[] settings)
    {
        // A developer's own .env must not decide how tests go.
        var (code, output, error) = Run(File("docker-compose"), ["--env-file", "/dev/null", "--profile", "tools", "--profile", "monitoring", "-f", Path.Combine(Checkout.Root, "deploy/compose/compose.yaml"), "config", "--format", "json"], settings);
        return (code, code == 0 ? JsonNode.Parse(output)!.AsObject() : null, error);
    }

    private static DeployTools? Find()
    {
        var (code, folder, error) = Run("bash", [Path.Combine(Checkout.Root, "eng/deploytools.sh")], Inherited());
        Console.Error.Write(error);
        return code == 0 ? new DeployTools(folder.Trim()) : null;
    }

    private static (string, string)[] Inherited() =>
        [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(e => ((string)e.Key, (string)e.Value!))];

    private static (int Code, string Output, string Error) Run(string program, string[] arguments, (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = Path.GetTempPath();
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {Patience}.");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
