using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes.Connecting;

/// <summary>The steps of one server's test, each with what it took.</summary>
internal sealed class StepList(string service, TimeProvider clock)
{
    /// <summary>What servers say is theirs to choose: hostile, and maybe long.</summary>
    private const int MostCharacters = 600;

    private readonly List<ConnectionStep> _steps = [];
    private long _began = clock.GetTimestamp();

    public string Service => service;
    public IReadOnlyList<ConnectionStep> Steps => _steps;
    public bool Ok => _steps.All(s => s.Ok);
    public TimeProvider Clock => clock;

    public void Pass(string step, string detail) => Add(step, true, detail, null);

    public void Fail(string step, string detail, string? fix) => Add(step, false, detail, fix);

    private void Add(string step, bool ok, string detail, string? fix)
    {
        _steps.Add(new ConnectionStep(service, step, ok, Printable(detail), fix is null ? null : Printable(fix), Math.Round(clock.GetElapsedTime(_began).TotalMilliseconds, 1)));
        _began = clock.GetTimestamp();
    }

    public static string Printable(string text)
    {
        var clean = string.Concat(text.Take(MostCharacters).Select(c => char.IsControl(c) || char.IsSurrogate(c) && !char.IsLetterOrDigit(c) ? ' ' : c)).Trim();
        return text.Length > MostCharacters ? clean + "…" : clean;
    }
}
