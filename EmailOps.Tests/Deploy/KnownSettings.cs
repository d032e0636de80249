using System.Reflection;
using System.Text.RegularExpressions;
using EmailOps.Api;
using EmailOps.Core.Data;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.Tests.Architecture;
using EmailOps.Web;
using EmailOps.Worker;

namespace EmailOps.Tests.Deploy;

/// <summary>Which names of an environment our programs read: found in the code, so that a deployment cannot set what nobody looks at.</summary>
internal static partial class KnownSettings
{
    /// <summary>Read by ASP.NET Core, the runtime and the OpenTelemetry exporter.</summary>
    private static readonly string[] Framework =
    [
        "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME",
    ];

    private static readonly Lazy<HashSet<string>> Written = new(() =>
        [.. House.Files(".cs").Where(f => f.StartsWith("EmailOps.", StringComparison.Ordinal) && !f.StartsWith("EmailOps.Tests/", StringComparison.Ordinal) && !f.StartsWith("EmailOps.Benchmarks/", StringComparison.Ordinal))
            .Select(House.Read).SelectMany(Names)]);

    public static bool IsRead(string name) => Framework.Contains(name) || SettingNames.All.Any(s => s.Name == name) || Written.Value.Contains(name.Replace("__", ":", StringComparison.Ordinal)) || IsOption(name.Split("__"));

    /// <summary><c>configuration["STATE_DIR"]</c>, <c>GetConnectionString("chat")</c>, and keys that are constants.</summary>
    private static IEnumerable<string> Names(string source) =>
        Index().Matches(source).Select(m => m.Groups[1].Value)
            .Concat(Connection().Matches(source).Select(m => $"ConnectionStrings:{m.Groups[1].Value}"))
            .Concat(Constant().Matches(source).Select(m => m.Groups[1].Value))
            .Concat(ConnectionConstant().Matches(source).Select(m => $"ConnectionStrings:{m.Groups[1].Value}"));

    /// <summary>A property of an options class: <c>Intake__BatchSize</c>.</summary>
    public static bool IsOption(string[] path)
    {
        if (path.Length < 2) return false;
        var types = new[] { typeof(StoreSetup), typeof(ApiHost), typeof(WorkerHost), typeof(WebHost), typeof(SettingNames) }.SelectMany(t => t.Assembly.GetTypes())
            .Where(t => t.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string == path[0]);
        return types.Any(type => path.Skip(1).Aggregate((Type?)type, (at, part) => at?.GetProperty(part)?.PropertyType) is not null);
    }

    [GeneratedRegex("""(?:onfiguration|settings|setting)(?:\[|\()"([A-Za-z][A-Za-z0-9_:]*)"[\])]""")]
    private static partial Regex Index();

    [GeneratedRegex("""GetConnectionString\("([a-z]+)"\)""")]
    private static partial Regex Connection();

    [GeneratedRegex("""const string ConnectionName = "([a-z]+)";""")]
    private static partial Regex ConnectionConstant();

    [GeneratedRegex("""const string \w+Key = "([A-Za-z][A-Za-z0-9_:]*)";""")]
    private static partial Regex Constant();
}
