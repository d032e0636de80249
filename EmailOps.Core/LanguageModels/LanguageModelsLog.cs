using Microsoft.Extensions.Logging;

namespace EmailOps.Core.LanguageModels;

/// <summary>Never a word of a question or an answer.</summary>
internal static partial class LanguageModelsLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Language model {Provider} gave no answer to {Prompt} ({Reason}): {Explanation}")]
    public static partial void NoAnswer(ILogger log, string provider, string prompt, ModelFailure reason, string explanation);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Language model {Provider} is passed over for {Prompt} ({Reason}): {Explanation}")]
    public static partial void PassedOver(ILogger log, string provider, string prompt, ModelFailure reason, string explanation);

    [LoggerMessage(Level = LogLevel.Information, Message = "The answer of {Provider} to {Prompt} cannot be used ({Failure})")]
    public static partial void Unusable(ILogger log, string provider, string prompt, Strict.AnswerFailure failure);
}
