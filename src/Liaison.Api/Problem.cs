using System.Text.Json.Serialization;
using Liaison.Kernel.Parsing;

namespace Liaison.Api;

/// <summary>A failure on the wire: RFC 9457 problem details, media type <c>application/problem+json</c>.</summary>
/// <remarks>Programs act on <see cref="Code"/>, which is stable and documented; texts are for people and may be reworded.</remarks>
public sealed record Problem
{
    public const string MediaType = "application/problem+json";

    /// <summary><c>urn:liaison:problem:</c> and the code.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    /// <summary>The HTTP status, repeated for readers that lost it.</summary>
    public required int Status { get; init; }

    public required string Code { get; init; }

    /// <summary>What is wrong this time and what to do about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The fields at fault, in the order of the input.</summary>
    public IReadOnlyList<FieldFault> Errors { get; init; } = [];

    /// <summary>The record that stands in the way, for <c>duplicateDocument</c>.</summary>
    public Guid? ExistingId { get; init; }

    /// <summary>Trace id to quote when asking the hub's operator.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One field at fault inside a <see cref="Problem"/>.</summary>
public sealed record FieldFault(string Field, string Code, string Message)
{
    public static FieldFault Of(FieldProblem problem) => new(problem.Field, problem.Code, problem.Message);
}

/// <summary>A kind of failure that the hub can answer: its stable code, HTTP status and title. Listed in <c>docs/problems.md</c>.</summary>
public sealed record ProblemKind(string Code, int Status, string Title)
{
    [JsonIgnore]
    public string Type => "urn:liaison:problem:" + Code;

    public Problem With(string? detail = null, IReadOnlyList<FieldFault>? errors = null) =>
        new() { Type = Type, Title = Title, Status = Status, Code = Code, Detail = detail, Errors = errors ?? [] };
}
