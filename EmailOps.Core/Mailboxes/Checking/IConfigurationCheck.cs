using EmailOps.Core.Contracts;

namespace EmailOps.Core.Mailboxes.Checking;

/// <summary>
/// Contacts for real what a part of the settings names, for <c>GET /config/validation</c> and <c>emailops doctor</c>: signs in, asks for rights, and changes nothing.
/// Registered as a singleton of this interface; whoever comes later under a name that is taken takes its place.
/// </summary>
internal interface IConfigurationCheck
{
    /// <summary>The key under <c>validations</c>: m365, teams, database.</summary>
    string Name { get; }

    /// <summary>What does not work is an answer with status invalid and a fix, not an exception. It is given up after half a minute.</summary>
    Task<ValidationView> CheckAsync(CancellationToken cancel);
}

/// <summary>A component of <c>GET /health/detailed</c> that a room adds. Asked every few seconds: tells what is known, and contacts nobody outside.</summary>
internal interface IHealthComponent
{
    /// <summary>The key under <c>components</c>: m365_auth.</summary>
    string Name { get; }

    Task<ComponentHealth> AskAsync(CancellationToken cancel);
}
