namespace EmailOps.Web.SignIn;

/// <summary>Prints the way in once the server listens, unless somebody else does (<c>WEB_BANNER=false</c>, set by a host with a banner of its own).</summary>
internal sealed class FirstLink(SignInLinks links, IConfiguration configuration, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!string.Equals(configuration["WEB_BANNER"], "false", StringComparison.OrdinalIgnoreCase))
            lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // To standard error, because standard output carries the log: a log is shipped and kept, and this opens the console.
    private void Print() => Console.Error.WriteLine($"""

          EmailOps console. Open this link to sign in (it works once, for {SignInLinks.Lifetime.TotalHours:0} hours):

            {links.First}

        """);
}
