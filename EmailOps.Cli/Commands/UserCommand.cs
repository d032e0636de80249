using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using EmailOps.Core.Data.Access;
using EmailOps.ServiceDefaults.Settings;
using Microsoft.Extensions.Configuration;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops user</c>: people who sign in to the console.</summary>
internal static class UserCommand
{
    private const string Actor = "emailops";

    public static Command Create(IAnsiConsole console) => new("user", """
        People who sign in to the console: viewers read, operators decide about mail, admins change mailboxes, people and keys.

        Examples:
          emailops user add "Mara Ek" --role operator      prints an invitation: who opens it chooses the password
          emailops user add nagios --role viewer --password-stdin < password.txt
          emailops user list --json
          emailops user role "Mara Ek" admin
          emailops user password "Mara Ek"                 asks for it; ends all sessions
          emailops user disable "Mara Ek"                  signs out everywhere
        """)
    {
        Add(console), List(console), Role(console), Password(console), Invite(console), SignOut(console),
        Switch(console, "disable", true, "Ends all sessions, and no password works until it is enabled."), Switch(console, "enable", false, "The old password works again."),
    };

    private static Command Add(IAnsiConsole console)
    {
        var (name, role, stdin, json) = (Name(), RoleOption(), Stdin(), Json("The same as POST /users."));
        var command = new Command("add", "Adds somebody, and prints an invitation to choose a password, or takes one from standard input.") { name, role, stdin, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var users = installation.Get<UserStore>();
            var password = parsed.GetValue(stdin) ? await ReadAsync(cancel) : null;
            if (password is not null && Core.Audit.Passwords.Problem(password, parsed.GetRequiredValue(name)) is { } weak) throw new CommandException(weak);
            var written = Done(await users.AddAsync(parsed.GetRequiredValue(name).Trim(), parsed.GetValue(role), Actor, cancel));
            if (password is not null) Done(await users.SetPasswordAsync(written.Id, password, Actor, cancel));
            await SayAsync(console, installation, users, written, parsed.GetValue(json), password is null, cancel);
            return CliHost.Done;
        });
        return command;
    }

    private static Command List(IAnsiConsole console)
    {
        var json = Json("The same as GET /users.");
        var command = new Command("list", "Everybody who has or had an account.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var all = await installation.Get<UserStore>().AllAsync(cancel);
            if (parsed.GetValue(json)) Write(console, all);
            else
            {
                var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "Role", "State", "Sessions", "Last seen", "Added by");
                foreach (var user in all)
                    table.AddRow(Markup.Escape(user.Name), user.Role.ToString(), user.IsDisabled ? "disabled" : user.LockedUntil is not null ? "locked" : user.HasPassword ? "active" : "invited",
                        user.Sessions.ToString(CultureInfo.InvariantCulture), user.SeenAt is { } seen ? $"{seen:yyyy-MM-dd HH:mm}" : "never", Markup.Escape(user.CreatedBy));
                console.Write(table);
            }
            return CliHost.Done;
        });
        return command;
    }

    private static Command Role(IAnsiConsole console)
    {
        var (name, role) = (Name(), new Argument<UserRole>("ROLE") { Description = "viewer, operator or admin." });
        var command = new Command("role", "Gives somebody another role; it counts with the next click.") { name, role };
        command.SetAction((parsed, cancel) => ChangeAsync(console, parsed.GetRequiredValue(name), user => new ChangeUser(parsed.GetValue(role), user.IsDisabled), cancel));
        return command;
    }

    private static Command Switch(IAnsiConsole console, string word, bool disabled, string what)
    {
        var name = Name();
        var command = new Command(word, what) { name };
        command.SetAction((parsed, cancel) => ChangeAsync(console, parsed.GetRequiredValue(name), user => new ChangeUser(user.Role, disabled), cancel));
        return command;
    }

    private static Command Password(IAnsiConsole console)
    {
        var (name, stdin) = (Name(), Stdin());
        var command = new Command("password", "Sets a password; all sessions of the person end.") { name, stdin };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!parsed.GetValue(stdin) && (!console.Profile.Capabilities.Interactive || Console.IsInputRedirected)) throw new CommandException("No password was given. Use --password-stdin, or run this at a terminal.");
            await using var installation = Installation.Open();
            var users = installation.Get<UserStore>();
            var user = await FindAsync(users, parsed.GetRequiredValue(name), cancel);
            var password = parsed.GetValue(stdin) ? await ReadAsync(cancel) : await new TextPrompt<string>($"New password of {Markup.Escape(user.Name)}:").Secret().ShowAsync(console, cancel);
            Done(await users.SetPasswordAsync(user.Id, password, Actor, cancel));
            console.MarkupLineInterpolated($"Set the password of {user.Name}. All sessions have ended.");
            return CliHost.Done;
        });
        return command;
    }

    private static Command Invite(IAnsiConsole console)
    {
        var (name, json) = (Name(), Json("The same as POST /users/{id}/invitation."));
        var command = new Command("invite", "Prints a new invitation to choose a password; the old password works until it is used.") { name, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var users = installation.Get<UserStore>();
            var user = await FindAsync(users, parsed.GetRequiredValue(name), cancel);
            await SayAsync(console, installation, users, Done(await users.InviteAsync(user.Id, Actor, cancel)), parsed.GetValue(json), true, cancel);
            return CliHost.Done;
        });
        return command;
    }

    private static Command SignOut(IAnsiConsole console)
    {
        var name = Name();
        var command = new Command("sign-out", "Ends all sessions of somebody.") { name };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var user = await FindAsync(installation.Get<UserStore>(), parsed.GetRequiredValue(name), cancel);
            await installation.Get<SessionStore>().EndAllAsync(user.Id, Actor, cancel);
            console.MarkupLineInterpolated($"Signed {user.Name} out everywhere.");
            return CliHost.Done;
        });
        return command;
    }

    private static async Task<int> ChangeAsync(IAnsiConsole console, string name, Func<UserView, ChangeUser> change, CancellationToken cancel)
    {
        await using var installation = Installation.Open();
        var users = installation.Get<UserStore>();
        var user = await FindAsync(users, name, cancel);
        Done(await users.ChangeAsync(user.Id, null, change(user), Actor, cancel));
        var now = (await users.FindAsync(user.Id, cancel))!;
        console.MarkupLineInterpolated($"{now.Name} is {now.Role}{(now.IsDisabled ? ", and disabled" : "")}.");
        return CliHost.Done;
    }

    private static async Task SayAsync(IAnsiConsole console, Installation installation, UserStore users, UserWrite written, bool json, bool invite, CancellationToken cancel)
    {
        var user = (await users.FindAsync(written.Id, cancel))!;
        if (json) Write(console, new UserAdded(user, invite ? written.Invitation! : ""));
        else if (!invite) console.MarkupLineInterpolated($"Added {user.Name} as {user.Role}.");
        else
        {
            console.MarkupLineInterpolated($"Who opens this chooses the password of {user.Name} ({user.Role}); once, until {user.InvitationEnds:yyyy-MM-dd HH:mm} UTC:");
            console.Profile.Out.Writer.WriteLine($"{ConsoleAddress(installation.Get<IConfiguration>())}/invitation?token={written.Invitation}");
        }
    }

    /// <summary>Where people find the console.</summary>
    private static string ConsoleAddress(IConfiguration configuration)
    {
        if (configuration["WEB_PUBLIC_URL"] is { Length: > 0 } url) return url.TrimEnd('/');
        if (StateFolder.FindOrNull(n => configuration[n]) is { } state && Path.Combine(state, "running.json") is var path && File.Exists(path))
        {
            using var running = JsonDocument.Parse(File.ReadAllText(path));
            if (running.RootElement.TryGetProperty("console", out var console) && console.GetString() is { Length: > 0 } address) return address.TrimEnd('/');
        }
        return $"http://127.0.0.1:{configuration["WEB_PORT"] ?? "8501"}";
    }

    private static async Task<UserView> FindAsync(UserStore users, string name, CancellationToken cancel)
        => await users.FindAsync(name, cancel) ?? throw new CommandException($"Nobody is named {name}; see: emailops user list");

    private static UserWrite Done(UserWrite written) => written.Outcome == WriteOutcome.Done ? written : throw new CommandException(written.Problem ?? "There is no such person any more.");

    private static async Task<string> ReadAsync(CancellationToken cancel) => await Console.In.ReadLineAsync(cancel) is { Length: > 0 } line ? line : throw new CommandException("Standard input holds no password.");

    private static void Write<T>(IAnsiConsole console, T value) => console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));

    private static Argument<string> Name() => new("NAME") { Description = "As the person signs in." };

    private static Option<UserRole> RoleOption() => new("--role") { Description = "viewer, operator or admin.", DefaultValueFactory = _ => UserRole.Viewer };

    private static Option<bool> Stdin() => new("--password-stdin") { Description = "Read the password from the first line of standard input." };

    private static Option<bool> Json(string what) => new("--json") { Description = what };
}
