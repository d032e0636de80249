using System.Globalization;
using Microsoft.Extensions.Options;

namespace EmailOps.Web;

/// <summary>What the console needs to know; bound once at start.</summary>
internal sealed class WebOptions
{
    public const string ApiAddressKey = "services:api:http:0";
    public const string ApiAddressDefault = "http://127.0.0.1:8000";

    /// <summary>Where the Api answers: <c>services:api:https:0</c>, else <c>services:api:http:0</c>.</summary>
    public string ApiBaseAddress { get; set; } = ApiAddressDefault;

    /// <summary>Sent as <c>X-Api-Key</c>: <c>EMAILOPS_API_KEY</c>. Empty sends none.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Where what must survive a restart lives: <c>STATE_DIR</c>. Without it people sign in again after a restart.</summary>
    public string? StateDirectory { get; set; }

    /// <summary>The address people use, when it is not the one Kestrel listens on (a proxy in front): <c>WEB_PUBLIC_URL</c>.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>
    /// Where traces are looked at: <c>TRACE_URL</c>, with <c>{trace}</c> where the id goes. Without it the address is that of an Aspire dashboard. Null: no link is shown.
    /// </summary>
    public string? TraceUrl { get; set; }

    /// <summary>Largest upload in one form, in MiB: <c>WEB_UPLOAD_LIMIT_MB</c>, 1 to 16384. Guards the disk: uploads are spooled to a temporary file.</summary>
    public string UploadLimit { get; set; } = "512";

    public long UploadLimitBytes => long.Parse(UploadLimit, NumberStyles.None, CultureInfo.InvariantCulture) * 1024 * 1024;

    public void Read(IConfiguration configuration)
    {
        ApiBaseAddress = Given(configuration["services:api:https:0"]) ?? Given(configuration[ApiAddressKey]) ?? ApiBaseAddress;
        ApiKey = Given(configuration["EMAILOPS_API_KEY"]) ?? "";
        StateDirectory = Given(configuration["STATE_DIR"]);
        PublicUrl = Given(configuration["WEB_PUBLIC_URL"]);
        TraceUrl = Given(configuration["TRACE_URL"]);
        UploadLimit = Given(configuration["WEB_UPLOAD_LIMIT_MB"]) ?? UploadLimit;
    }

    /// <returns>Null when nobody said where traces are, or there is none.</returns>
    public string? TraceAddress(string? trace) => TraceUrl is not { } url || trace is null ? null
        : url.Contains(TracePlace, StringComparison.Ordinal) ? url.Replace(TracePlace, trace, StringComparison.Ordinal) : $"{url.TrimEnd('/')}/traces/detail/{trace}";

    private const string TracePlace = "{trace}";

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}

internal sealed class WebOptionsValidation : IValidateOptions<WebOptions>
{
    public ValidateOptionsResult Validate(string? name, WebOptions options)
    {
        var faults = new List<string>();
        if (!IsHttp(options.ApiBaseAddress))
            faults.Add($"services__api__http__0 is '{options.ApiBaseAddress}'. Set it to the address of the Api, for example http://127.0.0.1:8000.");
        if (options.PublicUrl is { } url && !IsHttp(url))
            faults.Add($"WEB_PUBLIC_URL is '{url}'. Set it to the address people open, for example https://mail.example.com.");
        if (options.TraceUrl is { } traces && !IsHttp(traces))
            faults.Add($"TRACE_URL is '{traces}'. Set it to where traces are looked at, for example http://localhost:16686/trace/{{trace}}.");
        if (!long.TryParse(options.UploadLimit, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > 16384)
            faults.Add($"WEB_UPLOAD_LIMIT_MB is '{options.UploadLimit}'. Set it to a whole number of MiB from 1 to 16384.");
        if (options.ApiKey.AsSpan().ContainsAnyInRange('\0', '\u001f'))
            faults.Add("EMAILOPS_API_KEY holds a control character. Set it to one line of printable characters.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsHttp(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
