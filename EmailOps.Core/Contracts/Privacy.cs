namespace EmailOps.Core.Contracts;

/// <summary>Paths for what one person may ask of us (GDPR, articles 15, 17 and 20); laws as in <see cref="Routes"/>. The address is never in a path, so it is in no log of paths.</summary>
public static class PrivacyRoutes
{
    /// <summary>POST PersonAddress -> PersonFound.</summary>
    public const string Find = "/privacy/find";
    /// <summary>POST PersonAddress -> application/zip: every mail of the person as received, with what was made of it.</summary>
    public const string Export = "/privacy/export";
    /// <summary>POST ErasePerson -> PersonErased. Cannot be undone.</summary>
    public const string Erase = "/privacy/erase";
}

public sealed record PersonAddress(string Address);

/// <param name="Confirm">The address once more.</param>
public sealed record ErasePerson(string Address, string Confirm);

/// <summary>What is stored about a person.</summary>
/// <param name="Messages">Received from the address, or answered to it.</param>
/// <param name="Mentions">Messages of others that were sent to the address as well.</param>
/// <param name="OnTheirWay">Replies to the address that have not left or whose fate is unknown.</param>
public sealed record PersonFound(string Address, long Messages, long Drafts, long Replies, long Lessons, long Mentions, long Brakes, long OnTheirWay);

/// <param name="Remains">What stays, and why; one sentence each.</param>
public sealed record PersonErased(string Address, int Messages, long Bytes, IReadOnlyList<string> Remains);
