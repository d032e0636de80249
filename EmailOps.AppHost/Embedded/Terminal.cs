using System.Diagnostics;
using System.Globalization;
using EmailOps.AppHost.Postgres;

namespace EmailOps.AppHost.Embedded;

/// <summary>
/// What the starter reads. All of it goes to standard error: standard output carries the log, which is shipped and kept, and the
/// sign-in link must not be in it.
/// </summary>
internal static class Terminal
{
    private static readonly bool Colour = !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Step(string text) => Console.Error.WriteLine(Dim($"  {text}..."));

    public static void Ready(EmbeddedHost host)
    {
        using var self = Process.GetCurrentProcess();
        var took = TimeProvider.System.GetLocalNow() - self.StartTime;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

              {Bold("EmailOps is running")} {Dim($"(ready in {took.TotalSeconds:0.0} s)")}

              {Bold("Console")}   {ConsoleLink.Of(host)}
              {Dim("          open it to sign in: the link works once")}
              API       {EmbeddedHost.ReachableFrom(host.ApiAddress)}   {Dim($"key: {Path.Combine(host.StateFolder, "api-key")}")}
              Data      {host.StateFolder}

              {Dim("Stop with Ctrl-C.")}

            """));
    }

    public static void Stopping() => Console.Error.WriteLine(Dim("\n  Stopping: work in hand is finished, then PostgreSQL stops..."));

    public static void Stopped() => Console.Error.WriteLine(Dim("  Stopped."));

    public static void Error(string problem, string fix = "")
    {
        Console.Error.WriteLine($"\n{(Colour ? "\e[31m" : "")}error:{(Colour ? "\e[0m" : "")} {problem}");
        if (fix.Length > 0)
            Console.Error.WriteLine($"  {fix}");
    }

    public static void Error(StartupException failure) => Error(failure.Problem, failure.Fix);

    private static string Bold(string text) => Colour ? $"\e[1m{text}\e[0m" : text;

    private static string Dim(string text) => Colour ? $"\e[2m{text}\e[0m" : text;
}
