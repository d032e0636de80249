using EmailOps.Web.SignIn;

namespace EmailOps.AppHost.Embedded;

/// <summary>The one-time link into the console, which only this process's terminal shows.</summary>
internal static class ConsoleLink
{
    public static Uri Of(EmbeddedHost host) => host.Web.Services.GetRequiredService<SignInLinks>().First;
}
