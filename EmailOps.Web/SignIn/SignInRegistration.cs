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
        KeepKeys(services.AddDataProtection().SetApplicationName("EmailOps"), configuration["EMAILOPS_API_KEY"]);

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "emailops";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = Session;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = "/sign-in";
            cookie.ReturnUrlParameter = "returnUrl";
            cookie.Events.OnRedirectToLogin = ToSignIn;
            cookie.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
            cookie.Events.OnValidatePrincipal = OperatorSession.CheckAsync;
        });
        Permission.AddPolicies(services.AddAuthorizationBuilder());
        services.AddSignInLimit();
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
            // A path, not an address: what stands in Host is the caller's.
            context.Response.Redirect(HttpMethods.IsGet(context.Request.Method) ? $"/sign-in{QueryString.Create("returnUrl", context.Request.Path + context.Request.QueryString)}" : "/sign-in");
        return Task.CompletedTask;
    }

    /// <summary>What seals cookies is made of the Api key and lies nowhere: no file can sign anybody in. Without that key nobody can sign in at all.</summary>
    private static void KeepKeys(IDataProtectionBuilder protection, string? apiKey)
    {
        if (string.IsNullOrWhiteSpace(apiKey))
        {
            protection.UseEphemeralDataProtectionProvider();
            return;
        }
        protection.DisableAutomaticKeyGeneration();
        protection.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new SharedKeys(apiKey.Trim()));
    }
}
