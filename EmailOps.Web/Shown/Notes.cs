using System.Security.Cryptography;
using System.Text.Json;
using EmailOps.Web.Live;
using Microsoft.AspNetCore.DataProtection;

namespace EmailOps.Web.Shown;

public enum NoteTone { Good, Bad }

/// <summary>A sentence shown once, on the page that a form leads to.</summary>
public sealed record Note(NoteTone Tone, string Text);

/// <summary>Carries a <see cref="Note"/> over a redirect, in a sealed cookie of a minute: nobody else can write one, and none is shown twice.</summary>
internal sealed class Notes(IDataProtectionProvider protection)
{
    private const string CookieName = "emailops-note";

    /// <summary>Browsers drop cookies over 4 KiB; sealing adds about half again.</summary>
    private const int MostCharacters = 600;

    private readonly ITimeLimitedDataProtector _seal = protection.CreateProtector("EmailOps.Web.Notes").ToTimeLimitedDataProtector();

    public void Leave(HttpContext http, NoteTone tone, string text)
    {
        var note = new Note(tone, text.Length <= MostCharacters ? text : text[..MostCharacters] + "…");
        http.Response.Cookies.Append(CookieName, _seal.Protect(JsonSerializer.Serialize(note), TimeSpan.FromMinutes(1)), Options(http));
    }

    /// <summary>The note left for this page, taken away. Script that reads a page again in the background gets none.</summary>
    public Note? Take(HttpContext http)
    {
        if (LiveEndpoints.IsScript(http.Request) || http.Request.Cookies[CookieName] is not { Length: > 0 } sealedNote)
            return null;
        http.Response.Cookies.Delete(CookieName, Options(http));
        try
        {
            return JsonSerializer.Deserialize<Note>(_seal.Unprotect(sealedNote));
        }
        catch (CryptographicException)
        {
            // Too old, or sealed before a restart with other keys: a note is worth no error.
            return null;
        }
    }

    private static CookieOptions Options(HttpContext http) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = "/" };
}
