using System.Text;
using EmailOps.Mail.Net;

namespace EmailOps.Mail.Smtp;

/// <summary>AUTH (RFC 4954): the best mechanism that both sides know; another one only where the server says that it cannot do this one.</summary>
internal static class SmtpSignIn
{
    // With CR LF: RFC 5321 section 4.5.3.1.4. A longer first word is said after the server asked for it.
    private const int MaxCommand = 510;
    private const int MaxChallenges = 10;

    public static async Task RunAsync(SmtpDialogue dialogue, SmtpCapabilities capabilities, MailCredentials credentials, CancellationToken cancel)
    {
        var connection = dialogue.Connection;
        connection.RequirePrivacy();
        var mechanisms = credentials.Mechanisms(capabilities.Mechanisms, connection.Server);
        SmtpReply? last = null;
        foreach (var mechanism in mechanisms)
        {
            connection.Hide(mechanism.Secrets);
            last = await TryAsync(dialogue, mechanism, cancel);
            if (last.IsPositive)
                return;
            // 504 not known, 534 too weak, 538 needs encryption. After any other refusal a second try only brings an account nearer to being locked.
            if (last.Code is not (504 or 534 or 538))
                throw Refused(connection, mechanism, last);
        }
        throw new MailConnectionException(ConnectionFailure.Authentication, last is not null
            ? $"{connection.Server} takes none of the ways we know to sign in: {last}"
            : $"{connection.Server} offers no way to sign in with {(credentials.Password is null ? "a token" : "a password")}{Offered(capabilities)}.");
    }

    private static string Offered(SmtpCapabilities capabilities) => capabilities.Mechanisms.Count == 0 ? "" : $" (only {string.Join(", ", capabilities.Mechanisms.Take(10))})";

    private static async Task<SmtpReply> TryAsync(SmtpDialogue dialogue, SaslMechanism mechanism, CancellationToken cancel)
    {
        var (connection, options) = (dialogue.Connection, dialogue.Options);
        var command = $"AUTH {mechanism.Name}";
        var first = mechanism.Initial;
        var whole = first is null ? command : $"{command} {Encode(first, isFirst: true)}";
        if (whole.Length <= MaxCommand)
            first = null;
        connection.WriteSecretLine(first is null ? whole : command, command);
        await connection.FlushAsync(cancel);
        for (var challenges = 0; ; challenges++)
        {
            var reply = await dialogue.ReadAsync(options.Command, cancel);
            if (reply.Code != 334)
                return reply.Code is >= 300 and < 400 ? throw dialogue.Unexpected(command, reply) : reply;
            if (challenges >= MaxChallenges)
                throw dialogue.Unexpected(command, reply);
            var answer = first ?? mechanism.Respond(Decode(reply.Text));
            first = null;
            connection.WriteSecretLine(Encode(answer, isFirst: false));
            await connection.FlushAsync(cancel);
        }
    }

    private static string Encode(byte[] said, bool isFirst) => said.Length == 0 && isFirst ? "=" : Convert.ToBase64String(said);

    // Prompts are often not base64 at all; no mechanism of ours reads one for more than people's eyes.
    private static byte[] Decode(string challenge)
    {
        var bytes = new byte[challenge.Length];
        return Convert.TryFromBase64String(challenge, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(challenge);
    }

    private static MailConnectionException Refused(MailConnection connection, SaslMechanism mechanism, SmtpReply reply)
    {
        var reason = mechanism.ServerReason is { Length: > 0 } said ? $" ({said[..Math.Min(said.Length, 300)]})" : "";
        return reply.IsTemporary
            ? new(ConnectionFailure.Unavailable, $"{connection.Server} cannot check who signs in now: {reply}{reason}")
            : new(ConnectionFailure.Authentication, $"{connection.Server} does not take the credentials: {reply}{reason}");
    }
}
