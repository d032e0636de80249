using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace EmailOps.Core.LanguageModels.Routing;

/// <summary>SHA-256 over everything that decides an answer: model, prompt version, the texts, the format and the options.</summary>
internal static class AnswerKey
{
    public static byte[] Of(string model, string prompt, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, model);
        Add(hash, prompt);
        Add(hash, options?.Instructions ?? "");
        Add(hash, options?.ResponseFormat is ChatResponseFormatJson json ? json.Schema?.GetRawText() ?? "json" : "text");
        Add(hash, string.Create(CultureInfo.InvariantCulture, $"{options?.Temperature}|{options?.TopP}|{options?.TopK}|{options?.Seed}|{options?.MaxOutputTokens}"));
        foreach (var stop in options?.StopSequences ?? []) Add(hash, stop);
        foreach (var message in messages)
        {
            Add(hash, message.Role.Value);
            Add(hash, message.Text);
        }
        return hash.GetHashAndReset();
    }

    // With its length before it, so that no two rows of texts look alike when put together.
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
