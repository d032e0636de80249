using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;

namespace EmailOps.ServiceDefaults.Calls;

/// <summary>
/// Where a service of ours is: configuration <c>services:NAME:https:0</c>, else <c>services:NAME:http:0</c>, as Aspire, compose and the
/// embedded host all set it (services__api__http__0 in the environment).
/// </summary>
public static class ServiceAddress
{
    public static Uri? Find(IConfiguration configuration, string name)
    {
        var (key, value) = configuration[$"services:{name}:https:0"] is { Length: > 0 } secure
            ? ($"services__{name}__https__0", secure)
            : ($"services__{name}__http__0", configuration[$"services:{name}:http:0"]);
        if (string.IsNullOrEmpty(value))
            return null;
        return Uri.TryCreate(value, UriKind.Absolute, out var address)
            ? address
            : throw new InvalidSettingException(key, $"cannot be \"{value}\".", "Write an address such as http://127.0.0.1:8000.");
    }
}
