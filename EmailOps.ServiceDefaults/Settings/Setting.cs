using System.Globalization;
using Microsoft.Extensions.Logging;

namespace EmailOps.ServiceDefaults.Settings;

/// <summary>A name that operators set, and the configuration key that the program reads.</summary>
/// <param name="Name">As in the environment and in .env.</param>
/// <param name="Key">As IConfiguration has it; null when the name is read as it stands.</param>
/// <param name="Check">Answers the value to store, or throws <see cref="FormatException"/> with what is allowed.</param>
public sealed record Setting(string Name, string? Key, Func<string, string> Check)
{
    public static Setting Text(string name, string? key = null) => new(name, key, value => value);

    public static Setting Number(string name, string? key, long least, long most) => new(name, key, value =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw new FormatException($"a whole number from {least} to {most}"));

    public static Setting Port(string name, string? key = null) => Number(name, key, 0, 65535);

    public static Setting Switch(string name, string? key = null) => new(name, key, value => value.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => "true",
        "FALSE" or "0" or "NO" or "OFF" => "false",
        _ => throw new FormatException("true or false"),
    });

    public static Setting Web(string name, string? key = null) => new(name, key, value =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? value
            : throw new FormatException("an address that begins with http:// or https://"));

    public static Setting OneOf(string name, string? key, params string[] allowed) => new(name, key, value =>
        allowed.FirstOrDefault(choice => choice.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? throw new FormatException(string.Join(", ", allowed)));

    /// <summary>An amount of memory in PostgreSQL's notation.</summary>
    public static Setting Memory(string name, string? key = null) => new(name, key, value =>
        value.TrimEnd('k', 'B', 'M', 'G') is var digits && digits.Length > 0 && digits.All(char.IsAsciiDigit) && value[digits.Length..] is "kB" or "MB" or "GB"
            ? value
            : throw new FormatException("a number with kB, MB or GB behind it, such as 256MB"));

    /// <summary>The names that other programs use for the levels count as well.</summary>
    public static LogLevel Level(string value) => value.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" or "INFORMATION" => LogLevel.Information,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "CRITICAL" or "FATAL" => LogLevel.Critical,
        _ => throw new FormatException("DEBUG, INFO, WARNING or ERROR"),
    };
}
