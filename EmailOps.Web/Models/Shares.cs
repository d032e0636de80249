using System.Globalization;

namespace EmailOps.Web.Models;

/// <summary>Measured shares, where a tenth of a per cent matters.</summary>
internal static class Shares
{
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
