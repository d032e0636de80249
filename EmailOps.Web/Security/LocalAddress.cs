namespace EmailOps.Web.Security;

/// <summary>Keeps "go back to" inside the console, whatever the address bar or a form says.</summary>
internal static class LocalAddress
{
    /// <summary>The address when it is a path of ours, else "/". <c>//host</c>, <c>/\host</c> and control characters are ways out that browsers follow.</summary>
    public static string OrHome(string? address) =>
        address is ['/', ..] && !(address.Length > 1 && address[1] is '/' or '\\') && !address.AsSpan().ContainsAnyInRange('\0', '\u001f') && !address.Contains('\\', StringComparison.Ordinal)
            ? address
            : "/";
}
