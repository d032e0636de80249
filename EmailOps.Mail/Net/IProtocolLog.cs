namespace EmailOps.Mail.Net;

/// <summary>
/// Hears what is said on a connection: one call a line, without line ends, at most <see cref="ProtocolText.MaxLength"/> characters. Credentials are
/// replaced before a line gets here, and message content never does (it is counted: <c>{2043 bytes}</c>).
/// </summary>
public interface IProtocolLog
{
    void Sent(string line);

    void Received(string line);

    /// <summary>What happened beside the words: connected, TLS agreed, closed.</summary>
    void Event(string what);
}
