using Spectre.Console;

namespace EmailOps.Cli;

/// <summary>Says how far long work is: a line that changes on a terminal, lines in a pipe, nothing beside JSON.</summary>
internal static class Progress
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);

    public static async Task<T> ShowAsync<T>(IAnsiConsole console, bool isSilent, Func<Action<string>, Task<T>> work)
    {
        if (isSilent) return await work(_ => { /* Only the result is told. */ });
        if (console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi)
            return await console.Status().StartAsync("...", context => work(text => context.Status(Markup.Escape(text))));
        var told = 0L;
        return await work(text =>
        {
            lock (console)
            {
                if (told != 0 && TimeProvider.System.GetElapsedTime(told) < s_between) return;
                told = TimeProvider.System.GetTimestamp();
                console.MarkupLineInterpolated($"[grey]{text}[/]");
            }
        });
    }
}
