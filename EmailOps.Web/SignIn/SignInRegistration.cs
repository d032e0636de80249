using System.Security.Claims;
using EmailOps.Web.Live;
using EmailOps.Web.Security;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace EmailOps.Web.SignIn;

internal static class SignInRegistration
{
    /// <summary>A working day: whoever used the console within it stays signed in.</summary>
    private static readonly TimeSpan Session = TimeSpan.FromHours(12);

    public static void AddOperatorSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(provider => new SignInLinks(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IServer>(), provider.GetRequiredService<IOptions<WebOptions>>()));
        services.AddHostedService<FirstLink>();
        KeepKeys(services.AddDataProtection().SetApplicationName("EmailOps"), configuration["STATE_DIR"], configuration["EMAILOPS_API_KEY"]);

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "emailops";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = Session;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = "/sign-in";
            cookie.AccessDeniedPath = "/sign-in";
            cookie.ReturnUrlParameter = "returnUrl";
            cookie.Events.OnRedirectToLogin = ToSignIn;
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Permission.Operator, policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimTypes.Name))
            .AddFallbackPolicy("signed-in", policy => policy.RequireAuthenticatedUser());
        services.AddAntiforgery(form =>
        {
            form.Cookie.Name = "emailops-form";
            form.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // The frame that shows mail HTML needs its own answer; SecurityHeaders gives both.
            form.SuppressXFrameOptionsHeader = true;
        });
    }

    private static Task ToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        // Script gets an answer it understands; only pages and forms go to the sign-in page.
        if (LiveEndpoints.IsScript(context.Request))
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else
            context.Response.Redirect(HttpMethods.IsGet(context.Request.Method) ? context.RedirectUri : "/sign-in");
        return Task.CompletedTask;
    }

    private static void KeepKeys(IDataProtectionBuilder protection, string? stateDirectory, string? apiKey)
    {
        if (string.IsNullOrWhiteSpace(stateDirectory) && !string.IsNullOrWhiteSpace(apiKey))
        {
            protection.DisableAutomaticKeyGeneration();
            protection.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new SharedKeys(apiKey.Trim()));
            return;
        }
        if (string.IsNullOrWhiteSpace(stateDirectory))
        {
            protection.UseEphemeralDataProtectionProvider();
            return;
        }
        var folder = new DirectoryInfo(Path.Combine(stateDirectory.Trim(), "keys"));
        // Who can read these keys can sign in as anybody.
        if (OperatingSystem.IsWindows())
            folder.Create();
        else
            Directory.CreateDirectory(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        protection.PersistKeysToFileSystem(folder);
    }
}
