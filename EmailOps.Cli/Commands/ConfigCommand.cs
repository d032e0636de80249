using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.ServiceDefaults.Logging;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops config show</c>: the settings as every process reads them, secrets masked.</summary>
internal static class ConfigCommand
{
    /// <param name="Value">Masked where it is a secret or holds one; null: not set.</param>
    internal sealed record SettingView(string Name, string? Value);

    public static Command Create(IAnsiConsole console) => new("config", "The settings of this installation.") { Show(console) };

    private static Command Show(IAnsiConsole console)
    {
        var name = new Argument<string?>("NAME") { Description = "One setting, by its name in .env.example; its value alone is printed.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Also names that are not set." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("show", """
            Shows the settings as every process reads them, from the environment and both .env files. Secrets are masked: *** stands for them.

            Examples:
              emailops config show
              emailops config show INDEX_DB_URL      one of them, as a script wants it
              emailops config show --all --json

            Exit codes: 0 shown, 1 the one that was asked for is not set, 2 a setting cannot be used, or there is no such name.
            """) { name, all, json };
        command.SetAction(parsed => Run(console, parsed.GetValue(name), parsed.GetValue(all), parsed.GetValue(json)));
        return command;
    }

    private static int Run(IAnsiConsole console, string? name, bool all, bool json)
    {
        using var configuration = Installation.Configure();
        var settings = Masked(configuration);
        var output = console.Profile.Out.Writer;
        if (name is not null)
        {
            var one = settings.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new CommandException($"There is no setting {name}; see: emailops config show --all");
            if (json) output.WriteLine(JsonSerializer.Serialize(one, ContractJson.Options));
            else if (one.Value is { } value) output.WriteLine(value);
            return one.Value is null ? CliHost.WithProblems : CliHost.Done;
        }
        var shown = settings.Where(s => all || s.Value is not null).ToList();
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(shown, ContractJson.Options));
            return CliHost.Done;
        }
        if (shown.Count == 0) console.MarkupLine("Nothing is set: everything goes by its default. .env.example describes what there is.");
        foreach (var setting in shown) output.WriteLine($"{setting.Name}={setting.Value}");
        return CliHost.Done;
    }

    /// <summary>Every name there is, then full keys of sections that are set.</summary>
    internal static List<SettingView> Masked(IConfiguration configuration)
    {
        var mask = SecretMask.From(configuration);
        // A secret too short to be looked for in text is hidden by its name all the same.
        SettingView One(string name, string? value) => new(name, string.IsNullOrEmpty(value) ? null : SecretMask.IsSecret(name) ? SecretMask.Masked : mask.Apply(value));
        var named = SettingNames.All.Select(s => One(s.Name, configuration[s.Name])).ToList();
        var mapped = SettingNames.All.Select(s => s.Key).OfType<string>().Concat(SettingNames.All.Select(s => s.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        named.AddRange(configuration.AsEnumerable().Where(p => p.Value is { Length: > 0 } && p.Key.Contains(':', StringComparison.Ordinal) && !mapped.Contains(p.Key) && !p.Key.StartsWith("Secrets:Folder", StringComparison.OrdinalIgnoreCase))
            .OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => One(p.Key.Replace(":", "__", StringComparison.Ordinal), p.Value)));
        return named;
    }
}
