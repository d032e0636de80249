using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.Data;
using Spectre.Console;

namespace EmailOps.Cli.Commands;

/// <summary><c>emailops model provider|breaker|pull</c>.</summary>
internal static class ProviderCommands
{
    public const string Actor = "emailops model";
    public const string Examples = """
              emailops model provider                            who is asked, in order, and how they are
              emailops model breaker ollama open --why "update"  ask it no more until: ... breaker ollama auto
              emailops model pull llama3.2:3b                    download a model into Ollama
            """;

    public static IEnumerable<Command> All(IAnsiConsole console) => [List(console), Breaker(console), PullCommand.Create(console)];

    private static Command List(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "The same as GET /language-models." };
        var command = new Command("provider", "Lists the servers that are asked, in order: what they offer, what is wrong, what was spent today. Exit code 1 when one needs attention.") { json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var view = await installation.Get<ModelStatus>().ViewAsync(cancel);
            var health = ModelStatus.Health(view);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(view, ContractJson.Options));
            else Show(console, view, health);
            return health.Status == ModelStatus.Degraded ? CliHost.WithProblems : CliHost.Done;
        });
        return command;
    }

    private static void Show(IAnsiConsole console, LanguageModelsView view, ComponentHealth health)
    {
        if (view.Providers.Count > 0)
        {
            var table = new Table().Border(TableBorder.Rounded).AddColumns("Name", "Where", "Chat model", "Embedding model", "Breaker", "Price in/out");
            foreach (var p in view.Providers)
                table.AddRow(Markup.Escape(p.Name), Markup.Escape($"{p.Endpoint}{(p.IsRemote ? " (elsewhere)" : "")}"), Markup.Escape(p.ChatModel ?? ""), Markup.Escape(p.EmbeddingModel ?? ""), Words(p.Breaker),
                    string.Create(CultureInfo.InvariantCulture, $"{p.PriceIn:0.##}/{p.PriceOut:0.##}{(p.IsPriceAssumed ? " assumed" : "")}"));
            console.Write(table);
        }
        console.MarkupLineInterpolated($"{health.Detail}");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Today: {view.Budget.Calls:N0} calls, {view.Budget.Tokens:N0} of {(view.Budget.TokenLimit is { } tokens ? $"{tokens:N0}" : "any number of")} tokens, {view.Budget.Money:0.00} of {(view.Budget.MoneyLimit is { } money ? $"{money:0.00}" : "any")} money; {view.Cache.Answers:N0} answers in the cache, {view.Cache.Hits:N0} used again.");
    }

    private static Command Breaker(IAnsiConsole console)
    {
        var name = new Argument<string?>("NAME") { Description = "The provider's name, as listed; without it all breakers are shown.", Arity = ArgumentArity.ZeroOrOne };
        var order = new Argument<string?>("ORDER") { Description = "open: never ask it. closed: ask it whatever happens. auto: as it goes, with a clean slate.", Arity = ArgumentArity.ZeroOrOne };
        order.AcceptOnlyFromAmong("auto", "open", "closed");
        var why = new Option<string?>("--why") { Description = "For the audit log." };
        var json = new Option<bool>("--json") { Description = "Print the provider as JSON." };
        var command = new Command("breaker", "Shows the breakers, or forces one; every process obeys with its next question.") { name, order, why, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = Installation.Open();
            var status = installation.Get<ModelStatus>();
            IReadOnlyList<ProviderView> providers = (await status.ViewAsync(cancel)).Providers;
            if (parsed.GetValue(name) is { } wanted)
            {
                var found = providers.FirstOrDefault(p => p.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                    ?? throw new CommandException($"There is no provider {wanted}; there {(providers.Count == 0 ? "are none" : $"is {string.Join(", ", providers.Select(p => p.Name))}")}.");
                providers = [parsed.GetValue(order) is { } ordered ? await status.ForceAsync(found.Name, Enum.Parse<BreakerForce>(ordered, ignoreCase: true), Actor, parsed.GetValue(why), cancel) ?? found : found];
            }
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(providers, ContractJson.Options));
            else foreach (var p in providers) console.MarkupLineInterpolated($"{p.Name}: {Words(p.Breaker)}{(p.Breaker.Reason is { } reason ? $" ({reason})" : "")}");
            return CliHost.Done;
        });
        return command;
    }

    private static string Words(BreakerView breaker) => breaker switch
    {
        { Force: BreakerForce.Open } => $"held open by {breaker.ForcedBy}",
        { Force: BreakerForce.Closed } => $"held closed by {breaker.ForcedBy}",
        { State: BreakerState.Open } => string.Create(CultureInfo.InvariantCulture, $"open until {breaker.RetryAt:HH:mm:ss} UTC"),
        { State: BreakerState.HalfOpen } => "one question tries",
        { Failures: > 0 } => $"closed, {breaker.Failures} failures in a row",
        _ => "closed",
    };
}
