namespace EmailOps.Core.Contracts;

/// <summary>Paths about people, sessions and keys; laws as in <see cref="Routes"/>.</summary>
public static class AccessRoutes
{
    /// <summary>POST PasswordSignIn -> SignedIn; 422 when name or password are wrong, 429 when there were too many attempts. For consoles, with the installation's key.</summary>
    public const string SignIn = "/sign-in";
    /// <summary>POST LinkSignIn -> SignedIn: makes the account of an administrator, or gives an existing account a new password; 409 when the link was used.</summary>
    public const string SignInByLink = "/sign-in/link";
    /// <summary>POST InvitationSignIn -> SignedIn: the invited chooses a password.</summary>
    public const string SignInByInvitation = "/sign-in/invitation";
    /// <summary>GET -> CallerView: who asks; DELETE -> 204: signs out.</summary>
    public const string Session = "/session";
    /// <summary>POST ChangePassword -> 204; all other sessions of this person end.</summary>
    public const string SessionPassword = "/session/password";
    /// <summary>DELETE -> 204: signs out everywhere.</summary>
    public const string Sessions = "/session/all";
    /// <summary>GET -> UserView[]; POST AddUser -> 201 UserAdded.</summary>
    public const string Users = "/users";
    /// <summary>PUT ChangeUser (If-Match) -> UserView.</summary>
    public const string User = "/users/{id:long}";
    /// <summary>POST -> UserAdded: a new invitation; the old password works until it is used.</summary>
    public const string UserInvitation = "/users/{id:long}/invitation";
    /// <summary>DELETE -> 204: ends this person's sessions.</summary>
    public const string UserSessions = "/users/{id:long}/sessions";
    /// <summary>GET -> KeyView[]; POST AddKey -> 201 KeyAdded.</summary>
    public const string Keys = "/keys";
    /// <summary>POST -> KeyView: works no more, within half a minute everywhere.</summary>
    public const string KeyRevoke = "/keys/{id:long}/revoke";
}

/// <summary>What a person may do; each may what the ones before may. They are the scopes read, operate and admin of keys.</summary>
public enum UserRole { Viewer, Operator, Admin }

/// <param name="Address">Where the person's browser is, as the console sees it.</param>
public sealed record PasswordSignIn(string Name, string Password, string? Address = null);

/// <param name="Link">SHA-256 of the link's secret, 64 hexadecimal digits in lower case.</param>
/// <param name="Ends">When the link ends by itself.</param>
public sealed record LinkSignIn(string Link, DateTimeOffset Ends, string Name, string Password, string? Address = null);

public sealed record InvitationSignIn(string Invitation, string Password, string? Address = null);

/// <param name="Token">The key of this session, sent as <c>Authorization: Bearer</c>; nobody keeps it but the caller.</param>
public sealed record SignedIn(string Token, string Name, UserRole Role, DateTimeOffset Ends);

/// <param name="UserId">Null for keys.</param>
/// <param name="Ends">When the session ends at the latest; null for keys.</param>
public sealed record CallerView(string Name, UserRole Role, long? UserId = null, DateTimeOffset? Ends = null);

public sealed record ChangePassword(string Old, string New);

/// <param name="HasPassword">False: was invited, and has not chosen one yet.</param>
/// <param name="InvitationEnds">Of an invitation that is open.</param>
/// <param name="LockedUntil">Too many wrong passwords.</param>
public sealed record UserView(long Id, string Name, UserRole Role, bool HasPassword, bool IsDisabled, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? SeenAt, int Sessions,
    DateTimeOffset? InvitationEnds, DateTimeOffset? LockedUntil, int Version);

public sealed record AddUser(string Name, UserRole Role);

public sealed record ChangeUser(UserRole Role, bool IsDisabled);

/// <param name="Invitation">Shown once: who has it chooses the password.</param>
public sealed record UserAdded(UserView User, string Invitation);

/// <param name="Scope">read, operate or admin.</param>
/// <param name="ExpiresSoon">Within 14 days.</param>
public sealed record KeyView(long Id, string Name, string Scope, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, bool ExpiresSoon);

/// <param name="Days">Until it expires, 1 to 36500; null: never.</param>
public sealed record AddKey(string Name, string Scope, int? Days = null);

/// <param name="Secret">Shown once.</param>
public sealed record KeyAdded(KeyView Key, string Secret);
