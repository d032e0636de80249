using System.CommandLine;
using System.Text.Json;
using EmailOps.Core.Audit;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data.Access;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops key create|list|revoke</c>: keys to the Api.</summary>
internal static class KeyCommand
{
    private const string Actor = "emailops";

    public static Command Create(IAnsiConsole console) => new("key", "Keys to the Api: create, list, revoke.") { Make(console), List(console), Revoke(console) };

    private static Command Make(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = "Who uses it; shown in the audit log." };
        var scope = new Option<string>("--scope") { Description = "read, operate or admin; each holds the ones before it.", DefaultValueFactory = _ => ApiKey.Read };
        scope.AcceptOnlyFromAmong([.. ApiKey.Scopes]);
        var days = new Option<int?>("--days") { Description = "Days until it expires; never without it." };
        days.Validators.Add(given => { if (given.GetValueOrDefault<int?>() is < 1 or > 36500) given.AddError("--days must be between 1 and 36500."); });
        var json = new Option<bool>("--json") { Description = "The same as POST /keys." };
        var command = new Command("create", "Makes a key and prints it once; only its digest is kept.") { name, scope, days, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var written = await installation.Get<KeyStore>().AddAsync(new AddKey(parsed.GetRequiredValue(name), parsed.GetRequiredValue(scope), parsed.GetValue(days)), Actor, cancel);
            if (written.Added is not { } made) throw new CommandException(written.Problem!);
            console.Profile.Out.Writer.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(made, ContractJson.Options) : made.Secret);
            return CliHost.Done;
        });
        return command;
    }

    private static Command List(IAnsiConsole console)
    {
        var soon = new Option<bool>("--expiring") { Description = "Only those that end within 14 days; exit code 1 when there are any." };
        var json = new Option<bool>("--json") { Description = "The same as GET /keys." };
        var command = new Command("list", "Lists keys by name; the keys themselves are not kept.") { soon, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var keys = (await installation.Get<KeyStore>().AllAsync(cancel)).Where(k => !parsed.GetValue(soon) || k.ExpiresSoon).ToList();
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(keys, ContractJson.Options));
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "Scope", "Made", "Expires", "Revoked");
                foreach (var key in keys)
                    table.AddRow(Markup.Escape(key.Name), key.Scope, $"{key.CreatedAt:yyyy-MM-dd}", $"{key.ExpiresAt:yyyy-MM-dd}{(key.ExpiresSoon ? " (soon)" : "")}", $"{key.RevokedAt:yyyy-MM-dd}");
                console.Write(table);
            }
            return parsed.GetValue(soon) && keys.Count > 0 ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static Command Revoke(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = "As listed." };
        var command = new Command("revoke", "Ends a key; takes up to half a minute to reach a running Api.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var wanted = parsed.GetRequiredValue(name);
            if (await installation.Get<KeyStore>().RevokeAsync(wanted, Actor, cancel) is null) throw new CommandException($"There is no key named {wanted} that could be revoked; see: emailops key list");
            console.MarkupLineInterpolated($"Revoked {wanted}.");
            return CliHost.Done;
        });
        return command;
    }
}
