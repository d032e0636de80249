using System.CommandLine;
using System.Globalization;
using EmailOps.Core.Contracts;

namespace EmailOps.Cli.Commands;

/// <summary>The options that say when a mailbox asks a language model and what that may cost.</summary>
internal sealed class ModelArguments
{
    private const string NoLimit = "none";

    private readonly Option<ModelUse?> _use = new("--model-use") { Description = "When the language model is asked: Never, WhenUnsure (where the built-in model is unsure, its draft is weak, or the thread is long) or Always." };
    private readonly Option<string?> _tokens = new("--model-tokens-per-day") { Description = "Tokens a day (UTC), 1000 to 1000000000, or none for no limit. At the limit the built-in model goes on alone until the next day." };
    private readonly Option<string?> _money = new("--model-money-per-day") { Description = "Money a day (UTC), in the currency of the providers' prices, or none for no limit. A local model costs nothing." };

    public IEnumerable<Option> All => [_use, _tokens, _money];

    /// <exception cref="CommandException">A limit is no number.</exception>
    public ModelPolicy Apply(ParseResult parsed, ModelPolicy before) => before with
    {
        Use = parsed.GetValue(_use) ?? before.Use,
        TokensPerDay = parsed.GetValue(_tokens) is { } tokens ? Limit(tokens, "--model-tokens-per-day") is { } count ? decimal.Truncate(count) == count ? (long)Math.Clamp(count, long.MinValue, long.MaxValue) : throw Wrong("--model-tokens-per-day", tokens) : null : before.TokensPerDay,
        MoneyPerDay = parsed.GetValue(_money) is { } money ? Limit(money, "--model-money-per-day") : before.MoneyPerDay,
    };

    private static decimal? Limit(string text, string option)
        => text.Equals(NoLimit, StringComparison.OrdinalIgnoreCase) ? null
            : decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(option, text);

    private static CommandException Wrong(string option, string text) => new($"{option} is \"{text}\"; write a number, or none for no limit.");

    public static string Words(ModelPolicy model)
    {
        var use = model.Use switch { ModelUse.Never => "never", ModelUse.Always => "about all mail of people", _ => "when the built-in model is unsure" };
        return model.Use == ModelUse.Never ? use : string.Create(CultureInfo.InvariantCulture, $"{use}; a day at most {(model.TokensPerDay is { } tokens ? $"{tokens} tokens" : "any number of tokens")}, {(model.MoneyPerDay is { } money ? $"{money:0.##} money" : "any money")}");
    }
}
