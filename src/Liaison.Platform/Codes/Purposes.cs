using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Codes;

/// <summary>Why somebody asks: <c>data/purposes.csv</c>.</summary>
public static class Purposes
{
    public static CodeList List { get; } = CodeList.Embedded(typeof(Purposes).Assembly, "purposes");

    /// <summary>The purpose given, else the caller's default; a problem when neither is there or the code is unknown.</summary>
    public static Parsed<string> Parse(string? given, string? callersDefault, string field) =>
        (given ?? callersDefault) switch
        {
            null => new FieldProblem(field, "purposeRequired", $"Say why you ask: {List.AsSentence}."),
            var code when List.Has(code) => code,
            _ => new FieldProblem(field, "purposeUnknown", $"Not a purpose. Use {List.AsSentence}."),
        };
}
