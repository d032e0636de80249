using System.Collections;

namespace EmailOps.Mail;

/// <summary>A parameter of Content-Type or Content-Disposition, its continuations joined and its value decoded (RFC 2231).</summary>
public readonly record struct Parameter(string Name, string Value);

/// <summary>The parameters of a header field, in the order in which they stand. Names compare without case.</summary>
public sealed class ParameterList : IReadOnlyList<Parameter>
{
    internal static readonly ParameterList Empty = new([]);

    private readonly Parameter[] _parameters;

    internal ParameterList(Parameter[] parameters) => _parameters = parameters;

    public int Count => _parameters.Length;

    public Parameter this[int index] => _parameters[index];

    /// <summary>The value of the first parameter with this name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in _parameters)
            {
                if (string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase))
                    return parameter.Value;
            }
            return null;
        }
    }

    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)_parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
