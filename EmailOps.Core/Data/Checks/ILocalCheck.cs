using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Checks;

/// <summary>
/// Looks at one dependency and says what it found and what would mend it. Nothing is stored, changed or sent. What cannot be found out is a failed check of that
/// name; a failure that the store explains may be thrown.
/// </summary>
internal interface ILocalCheck
{
    string Area { get; }

    /// <summary>Skipped while the database does not answer.</summary>
    bool NeedsDatabase { get; }

    Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel);
}

/// <summary>Short forms for checks.</summary>
internal static class Found
{
    public static CheckView Ok(this ILocalCheck check, string name, string detail) => new(check.Area, name, CheckState.Ok, detail);

    public static CheckView Skipped(this ILocalCheck check, string name, string detail) => new(check.Area, name, CheckState.Skipped, detail);

    public static CheckView Warning(this ILocalCheck check, string name, string detail, string fix) => new(check.Area, name, CheckState.Warning, detail, fix);

    public static CheckView Failed(this ILocalCheck check, string name, string detail, string fix) => new(check.Area, name, CheckState.Failed, detail, fix);
}

/// <summary>A check that others can answer who are no part of Core: what the settings say, for example.</summary>
/// <param name="area">As in <see cref="ILocalCheck.Area"/>.</param>
/// <param name="look">What it finds; Area of each is overwritten.</param>
internal sealed class GivenCheck(string area, Func<IReadOnlyList<CheckView>> look) : ILocalCheck
{
    public string Area => area;

    public bool NeedsDatabase => false;

    public Task<IReadOnlyList<CheckView>> RunAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<CheckView>>([.. look().Select(v => v with { Area = area })]);
}
