namespace Liaison.Kernel.Parsing;

/// <summary>
/// One fault in one field of what somebody sent: where, which rule, and what to do about it.
/// </summary>
/// <param name="Field">JSON path of the field as the sender wrote it (<c>rangeTo</c>, <c>items[3].issuer</c>), or <c>""</c> for the whole.</param>
/// <param name="Code">Stable camelCase code of the rule that was broken; documented, never reworded.</param>
/// <param name="Message">English sentence for a person: what is wrong and what to do. Never repeats a document number.</param>
public readonly record struct FieldProblem(string Field, string Code, string Message);
