using System.Text.Json;
using System.Text.RegularExpressions;
using EmailOps.Core.Contracts;
using EmailOps.Core.Mailboxes;
using EmailOps.ServiceDefaults.Settings;
using EmailOps.Tests.Architecture;

namespace EmailOps.Tests.Deployment;

/// <summary>aspire-manifest.json against its schema, the AppHost and what the services read: everything they need is there, and nothing else.</summary>
public sealed partial class ManifestTests
{
    /// <summary>What ASP.NET Core and OpenTelemetry read by themselves.</summary>
    private static readonly string[] Platform = ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "HTTP_PORTS", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"];

    private static readonly JsonElement Manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "aspire-manifest.json"))).RootElement;

    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, NewLine = "\n" };

    private static IEnumerable<JsonProperty> Resources => Manifest.GetProperty("resources").EnumerateObject();

    private static IEnumerable<JsonProperty> Of(string type) => Resources.Where(r => r.Value.GetProperty("type").GetString() == type);

    private static JsonElement.ObjectEnumerator Env(string project) => Manifest.GetProperty("resources").GetProperty(project).GetProperty("env").EnumerateObject();

    [Fact]
    public void It_follows_the_schema() => House.Rule("aspire-manifest.json follows the manifest's schema.", ManifestSchema.Faults(Manifest));

    [Fact]
    public void It_is_written_as_the_publisher_writes()
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "aspire-manifest.json"));

        Assert.Equal(JsonSerializer.Serialize(Manifest, Written), text);
    }

    [Fact]
    public void It_has_what_the_apphost_adds_in_that_order()
    {
        var added = AppHostSource.Read().Resources;

        Assert.Equal(added, Resources.Take(added.Count).Select(r => r.Name));
        // What integrations add by themselves, at the end.
        Assert.Equal(["redis-password", "redis-password-uri-encoded", "postgres-password-uri-encoded", "cond-redis-bindings-tcp-tlsenabled-d148d83a"], Resources.Skip(added.Count).Select(r => r.Name));
    }

    [Fact]
    public void Every_service_is_a_project_of_ours_and_every_service_of_ours_is_there()
    {
        var paths = Of("project.v0").Select(p => p.Value.GetProperty("path").GetString()!).ToList();

        Assert.All(paths, path => Assert.True(File.Exists(Path.Combine(Checkout.Root, path)), path));
        Assert.Equal(House.Files(".csproj").Where(p => Path.GetFileNameWithoutExtension(p) != "EmailOps.AppHost" && File.ReadAllText(Path.Combine(Checkout.Root, p)).Contains("Microsoft.NET.Sdk.Web", StringComparison.Ordinal)).Select(p => p.Replace('\\', '/')).Order(), paths.Order());
    }

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    [InlineData("web")]
    public void A_service_gets_what_the_apphost_gives_it(string service)
    {
        var expected = AppHostSource.Read().Environment[service].SelectMany(set => set switch
        {
            "+database" => ["ConnectionStrings__emailops", .. Properties("EMAILOPS", "HOST", "PORT", "USERNAME", "PASSWORD", "URI", "JDBCCONNECTIONSTRING", "DATABASENAME")],
            "+redis" => ["ConnectionStrings__redis", .. Properties("REDIS", "HOST", "PORT", "PASSWORD", "URI")],
            "+chat" or "+embeddings" => [$"ConnectionStrings__{set[1..]}", .. Properties(set[1..].ToUpperInvariant(), "HOST", "PORT", "URI", "MODEL")],
            "+api" => ["API_HTTP", "services__api__http__0"],
            _ => (string[])[set],
        });

        Assert.Equal(["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "HTTP_PORTS", .. expected], Env(service).Select(v => v.Name));

        static string[] Properties(string name, params string[] parts) => [.. parts.Select(p => $"{name}_{p}")];
    }

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    [InlineData("web")]
    public void A_service_reads_what_it_gets(string service)
    {
        var settings = SettingNames.All.Select(s => s.Name).ToHashSet();
        // Each reference of Aspire comes whole and in parts; we read the whole, the parts are for programs in other languages.
        var parts = Env(service).Where(v => v.Name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).Select(v => v.Name["ConnectionStrings__".Length..].ToUpperInvariant() + "_").Append("API_").ToList();
        var unread = Env(service).Select(v => v.Name).Where(name => !Platform.Contains(name) && !settings.Contains(name) && name != "services__api__http__0"
            && !name.StartsWith("ConnectionStrings__", StringComparison.Ordinal) && !parts.Exists(p => name.StartsWith(p, StringComparison.Ordinal)));

        House.Rule("What the manifest gives a service is read there.", unread);
    }

    [Fact]
    public void Every_connection_that_is_read_is_given_and_no_other()
    {
        var read = House.Files(".cs").Where(f => f.StartsWith("EmailOps.Core", StringComparison.Ordinal) || f.StartsWith("EmailOps.Worker", StringComparison.Ordinal) || f.StartsWith("EmailOps.Api", StringComparison.Ordinal) || f.StartsWith("EmailOps.ServiceDefaults", StringComparison.Ordinal))
            .SelectMany(f => Connection().Matches(File.ReadAllText(Path.Combine(Checkout.Root, f))).Select(m => m.Groups[1].Value)).Append(Core.Data.StoreSetup.ConnectionName)
            // What the manifest announces and no code reads yet would be found here.
            .Concat(Manifest.GetProperty("resources").TryGetProperty("redis", out _) ? ["redis"] : []).Distinct().Order();

        foreach (var service in (string[])["api", "worker"])
            Assert.Equal(read, Env(service).Select(v => v.Name).Where(n => n.StartsWith("ConnectionStrings__", StringComparison.Ordinal)).Select(n => n["ConnectionStrings__".Length..]).Order());
    }

    [Fact]
    public void Secrets_are_generated_never_written_and_the_same_everywhere()
    {
        var secrets = Of("parameter.v0").Where(p => p.Value.GetProperty("inputs").GetProperty("value").TryGetProperty("secret", out _)).ToList();

        Assert.Equal(["postgres-password", "emailops-api-key", "secrets-key", "redis-password"], secrets.Select(s => s.Name));
        Assert.All(secrets, s => Assert.True(s.Value.GetProperty("inputs").GetProperty("value").GetProperty("default").TryGetProperty("generate", out _), s.Name));
        Assert.All((string[])["api", "worker"], s => Assert.Equal("{secrets-key.value}", Env(s).Single(v => v.Name == "SECRETS_KEY").Value.GetString()));
        Assert.All((string[])["api", "web"], s => Assert.Equal("{emailops-api-key.value}", Env(s).Single(v => v.Name == "EMAILOPS_API_KEY").Value.GetString()));
    }

    [Fact]
    public void A_generated_secrets_key_is_a_key()
    {
        var generate = Manifest.GetProperty("resources").GetProperty("secrets-key").GetProperty("inputs").GetProperty("value").GetProperty("default").GetProperty("generate");

        // Digits only, so many that they are 32 bytes in hexadecimal.
        Assert.Equal(["minLength", "lower", "upper", "special"], generate.EnumerateObject().Select(p => p.Name));
        Assert.NotNull(KeyText.Read(new string('7', generate.GetProperty("minLength").GetInt32())));
    }

    [Fact]
    public void Only_api_and_console_are_open_to_the_outside()
        => Assert.Equal(["api", "web"], Resources.Where(r => r.Value.TryGetProperty("bindings", out var bindings) && bindings.EnumerateObject().Any(b => b.Value.TryGetProperty("external", out _))).Select(r => r.Name));

    [Fact]
    public void Every_command_of_the_dashboard_is_a_call_of_the_api()
    {
        var posts = typeof(Routes).GetFields().Concat(typeof(OperationRoutes).GetFields()).Select(f => (string)f.GetRawConstantValue()!).ToHashSet();
        var commands = AppHostSource.Read().Commands;

        Assert.Equal(7, commands.Count);
        House.Rule("A command of the Aspire dashboard calls a route of the Api.", commands.Where(c => !posts.Contains(c)));
    }

    [GeneratedRegex("""GetConnectionString\("(\w+)"\)""")]
    private static partial Regex Connection();
}
