using System.Reflection;
using System.Reflection.Emit;

namespace EmailOps.Tests.Architecture;

/// <summary>Which types a compiled type names: in its shape and in the code of its methods.</summary>
internal static class Mentions
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    public static HashSet<Type> Of(Type type)
    {
        var seen = new HashSet<Type>();
        Add(seen, type.BaseType);
        foreach (var contract in type.GetInterfaces())
            Add(seen, contract);
        foreach (var field in type.GetFields(All))
            Add(seen, field.FieldType);
        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            Add(seen, (method as MethodInfo)?.ReturnType);
            foreach (var parameter in method.GetParameters())
                Add(seen, parameter.ParameterType);
            AddCode(seen, method);
        }

        return seen;
    }

    private static void Add(HashSet<Type> seen, Type? type)
    {
        if (type is null || type.IsGenericParameter)
            return;
        if (type.HasElementType)
            Add(seen, type.GetElementType());
        else if (seen.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type))
        {
            foreach (var argument in type.GetGenericArguments())
                Add(seen, argument);
        }
    }

    // ECMA-335, partition III: an opcode of one or two bytes, then an operand whose size the opcode tells.
    private static void AddCode(HashSet<Type> seen, MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
            return;
        foreach (var local in body.LocalVariables)
            Add(seen, local.LocalType);
        for (var at = 0; at < code.Length;)
        {
            var opcode = code[at] == 0xFE ? Codes[unchecked((short)(0xFE00 | code[at + 1]))] : Codes[code[at]];
            at += opcode.Size;
            if (opcode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                AddMember(seen, method, BitConverter.ToInt32(code, at));
            at += opcode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static void AddMember(HashSet<Type> seen, MethodBase method, int token)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var member = method.Module.ResolveMember(token, typeArguments, methodArguments);
        Add(seen, member as Type ?? member!.DeclaringType);
        if (member is MethodInfo { IsGenericMethod: true } generic)
        {
            foreach (var argument in generic.GetGenericArguments())
                Add(seen, argument);
        }
    }
}
