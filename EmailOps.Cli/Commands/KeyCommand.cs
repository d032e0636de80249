using System.CommandLine;
using EmailOps.Core.Audit;
using EmailOps.Core.Data;
using Microsoft.EntityFrameworkCore;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops key create|list|revoke</c>: keys to the Api.</summary>
internal static class KeyCommand
{
    public static Command Create(IAnsiConsole console) => new("key", "Keys to the Api: create, list, revoke.") { Make(console), List(console), Revoke(console) };

    private static Command Make(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = "Who uses it; shown in the audit log." };
        var scope = new Option<string>("--scope") { Description = "read, operate or admin; each holds the ones before it.", DefaultValueFactory = _ => ApiKey.Read };
        scope.AcceptOnlyFromAmong([.. ApiKey.Scopes]);
        var days = new Option<int?>("--days") { Description = "Days until it expires; never without it." };
        days.Validators.Add(given => { if (given.GetValueOrDefault<int?>() is < 1 or > 36500) given.AddError("--days must be between 1 and 36500."); });
        var command = new Command("create", "Makes a key and prints it once; only its digest is kept.") { name, scope, days };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var secret = ApiKey.NewSecret();
            var now = installation.Get<TimeProvider>().GetUtcNow();
            await using var db = await installation.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel);
            var wanted = parsed.GetRequiredValue(name);
            if (await db.ApiKeys.AnyAsync(k => k.Name == wanted, cancel)) throw new CommandException($"There is a key named {wanted} already. Revoke it or choose another name.");
            db.ApiKeys.Add(new ApiKey
            {
                Name = wanted, Hash = ApiKey.HashOf(secret), Scope = parsed.GetRequiredValue(scope), CreatedAt = now,
                ExpiresAt = parsed.GetValue(days) is { } d ? now.AddDays(d) : null,
            });
            await db.SaveChangesAsync(cancel);
            console.Profile.Out.Writer.WriteLine(secret);
            return CliHost.Done;
        });
        return command;
    }

    private static Command List(IAnsiConsole console)
    {
        var command = new Command("list", "Lists keys by name; the keys themselves are not kept.");
        command.SetAction(async (_, cancel) =>
        {
            await using var installation = Installation.Open();
            await using var db = await installation.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel);
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "Scope", "Made", "Expires", "Revoked");
            foreach (var key in await db.ApiKeys.OrderBy(k => k.Name).ToListAsync(cancel))
                table.AddRow(Markup.Escape(key.Name), key.Scope, $"{key.CreatedAt:yyyy-MM-dd}", $"{key.ExpiresAt:yyyy-MM-dd}", $"{key.RevokedAt:yyyy-MM-dd}");
            console.Write(table);
            return CliHost.Done;
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
            await using var db = await installation.Get<IDbContextFactory<EmailOpsDb>>().CreateDbContextAsync(cancel);
            var now = installation.Get<TimeProvider>().GetUtcNow();
            var wanted = parsed.GetRequiredValue(name);
            var revoked = await db.ApiKeys.Where(k => k.Name == wanted && k.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(k => k.RevokedAt, now), cancel);
            if (revoked == 0) throw new CommandException($"There is no key named {wanted} that could be revoked; see: emailops key list");
            console.MarkupLineInterpolated($"Revoked {wanted}.");
            return CliHost.Done;
        });
        return command;
    }
}
