using System.Globalization;
using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;

namespace EmailOps.Web.Models;

/// <summary>Which mailbox a page is about: the one in the address, else the first.</summary>
internal static class MailboxChoice
{
    /// <returns>0 when there is none.</returns>
    public static async Task<(Answer<IReadOnlyList<MailboxView>> All, long Chosen)> OfAsync(ApiClient api, HttpContext http)
    {
        var all = await api.MailboxesAsync(http.RequestAborted);
        if (!all.Ok) return (all, 0);
        var asked = long.TryParse(http.Request.Query["mailbox"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
        return (all, all.Value.Any(m => m.Id == asked) ? asked : all.Value.Count > 0 ? all.Value[0].Id : 0);
    }
}
