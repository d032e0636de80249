namespace EmailOps.Mail.Net;

/// <summary>Why a connection could not be made, was lost, or was given up.</summary>
public enum ConnectionFailure
{
    /// <summary>The name of the server has no address.</summary>
    Dns,

    /// <summary>The machine is there and nothing listens on the port.</summary>
    Refused,

    /// <summary>No way to the machine.</summary>
    Unreachable,

    /// <summary>Nothing came in time.</summary>
    Timeout,

    /// <summary>TLS could not be agreed on, or the server does not offer it.</summary>
    Tls,

    /// <summary>TLS works and the certificate is not trusted; see <see cref="MailConnectionException.Certificate"/>.</summary>
    Certificate,

    /// <summary>Credentials would have crossed a network in plain text.</summary>
    PlainText,

    /// <summary>The server closed the connection, or it broke.</summary>
    Closed,

    /// <summary>The server said what no server of this kind may say, or more than the limits allow.</summary>
    Protocol,

    /// <summary>The server does not take the credentials.</summary>
    Authentication,

    /// <summary>The server is there and does not serve us now: too busy, shutting down, or it does not want us. The message has its words.</summary>
    Unavailable,
}

/// <summary>The connection cannot be used (any more). The message is a sentence for people.</summary>
public sealed class MailConnectionException(ConnectionFailure kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public ConnectionFailure Kind { get; } = kind;

    /// <summary>What the server showed, where <see cref="Kind"/> is <see cref="ConnectionFailure.Certificate"/>.</summary>
    public CertificateFinding? Certificate { get; init; }
}
