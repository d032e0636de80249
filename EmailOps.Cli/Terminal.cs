using Spectre.Console;

namespace EmailOps.Cli;

/// <summary>Where text for people goes: coloured and wrapped on a terminal, plain and unbroken in a pipe or a file.</summary>
internal static class Terminal
{
    public static IAnsiConsole Out() => Make(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error() => Make(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect });
        if (redirected) console.Profile.Width = 1000;
        return console;
    }
}
