namespace EmailOps.Web.Security;

/// <summary>What a person must be to use a route. Today there is one kind: somebody who signed in.</summary>
internal static class Permission
{
    public const string Operator = "operator";
}
