using System.Text;
using System.Text.Json;
using EmailOps.Core.Contracts;
using EmailOps.Core.LanguageModels;
using EmailOps.Core.Triage.Consulting;

namespace EmailOps.Core.Data.Assessments;

/// <summary>Prepares asking the language model in a replay or an evaluation: which prompts, and whether anybody is there.</summary>
internal sealed class ReplayDesk(ConsultDesk desk, PromptLibrary inForce, ModelRoster roster, TimeProvider clock)
{
    public const int MostMessages = 1_000, UsualMessages = 50;

    /// <summary>Other prompts as they are kept with what was asked.</summary>
    public static byte[] Keep(IReadOnlyDictionary<string, string> prompts) => JsonSerializer.SerializeToUtf8Bytes(prompts);

    /// <summary>Reads them to see whether they can be used.</summary>
    /// <returns>Versions of those that are not in force.</returns>
    /// <exception cref="PromptException">One cannot be used; says which and what to change.</exception>
    public IReadOnlyList<string> Versions(IReadOnlyDictionary<string, string> prompts)
        => inForce.With(prompts).Beside(inForce) is { Count: > 0 } others ? others : throw new PromptException("What you send", "is in force already. Change a prompt, or ask with those in force.");

    /// <returns>Null when nobody is to be asked.</returns>
    /// <exception cref="AssessmentException">There is nobody to ask, or a prompt cannot be used.</exception>
    public async Task<ReplayRound?> OpenAsync(AssessmentAsked asked, byte[]? kept, CancellationToken cancel)
    {
        if (asked.Most is not { } most) return null;
        await ReadyAsync(cancel);
        var others = kept is null ? null : Other(kept);
        // What the model adds is seen beside the built-in judgement; anything else that is tried, beside the model as it is asked now.
        var isAll = others is null && asked is { Model: null, Bands: null, Risk: null };
        var now = isAll ? null : await desk.TryAsync(inForce, cancel);
        var then = others is not null || now is null ? await desk.TryAsync(others ?? inForce, cancel) : now;
        return new ReplayRound(desk, now, then, await desk.PoliciesAsync(cancel), most, others?.Beside(inForce) ?? []);
    }

    /// <summary>For an evaluation: with the prompts in force, by the mailbox's policy; without a mailbox wherever the built-in model is unsure.</summary>
    /// <returns>Null when nobody is to be asked.</returns>
    /// <exception cref="AssessmentException">There is nobody to ask, or the mailbox asks no model.</exception>
    public async Task<EvaluationRound?> OpenAsync(AssessmentAsked asked, long? mailboxId, CancellationToken cancel)
    {
        if (asked.Most is not { } most) return null;
        await ReadyAsync(cancel);
        var policy = mailboxId is { } id ? (await desk.PoliciesAsync(cancel))(id) : new ModelPolicy();
        if (policy.Use == ModelUse.Never) throw new AssessmentException("The mailbox's settings say that no language model is asked. Change them, or evaluate without --ask-model.");
        return new EvaluationRound(desk, await desk.TryAsync(inForce, cancel), policy, most, clock);
    }

    private async Task ReadyAsync(CancellationToken cancel)
    {
        await roster.ReadyAsync(cancel);
        if (!desk.HasModel)
            throw new AssessmentException("No language model is configured or found, so nothing was asked. Set OLLAMA_ENDPOINT to an Ollama server, or LanguageModels:Providers, or start Ollama on this machine; `emailops model provider` shows what is there.");
    }

    private PromptLibrary Other(byte[] kept)
    {
        try
        {
            return inForce.With(JsonSerializer.Deserialize<Dictionary<string, string>>(Encoding.UTF8.GetString(kept)) ?? []);
        }
        catch (Exception unusable) when (unusable is PromptException or JsonException)
        {
            throw new AssessmentException(unusable.Message);
        }
    }
}
