using Mono.Cecil;

namespace ArchTests.Rules;

/// <summary>Every type that a type needs: in its shape and in the code of its methods.</summary>
internal static class TouchedTypes
{
    public static IEnumerable<string> Of(TypeDefinition type) =>
        Shape(type).Concat(type.Methods.SelectMany(Code)).SelectMany(Parts).Select(t => t.FullName);

    private static IEnumerable<TypeReference?> Shape(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. type.Fields.Select(f => f.FieldType),
        .. type.Methods.Select(m => m.ReturnType),
        .. type.Methods.SelectMany(m => m.Parameters).Select(p => p.ParameterType),
    ];

    private static IEnumerable<TypeReference?> Code(MethodDefinition method)
    {
        if (!method.HasBody) return [];
        return
        [
            .. method.Body.Variables.Select(v => v.VariableType),
            .. method.Body.Instructions.SelectMany(i => i.Operand switch
            {
                TypeReference used => [used],
                MethodReference called => [called.DeclaringType, called.ReturnType, .. Arguments(called)],
                FieldReference field => [field.DeclaringType, field.FieldType],
                _ => (TypeReference?[])[],
            }),
        ];
    }

    private static IEnumerable<TypeReference> Arguments(MethodReference called) =>
        called.Parameters.Select(p => p.ParameterType).Concat(called is GenericInstanceMethod generic ? generic.GenericArguments : []);

    /// <summary>A constructed type and what it is made of.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification made => Parts(made.ElementType),
        _ => [type],
    };
}
