using EmailOps.Core.LanguageModels;

namespace EmailOps.Core.Mailboxes.Gmail;

/// <summary>The connections to Gmail, of one process.</summary>
internal sealed class GmailHttp : IDisposable
{
    /// <summary>Of an answer, where a request names no other limit, in bytes: lists and errors.</summary>
    private const int Usual = 8 * 1024 * 1024;

    public ModelHttp Http { get; } = new(Usual);

    public HttpClient For(Uri address) => Http.For(address);

    public void Dispose() => Http.Dispose();
}
