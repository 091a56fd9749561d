using System.Text.Json;

namespace Liaison.Api.Members;

/// <summary>A member takes part in a dataset. Without one it gets no answer.</summary>
public sealed record Agreement
{
    public required Guid Id { get; init; }
    public required string Member { get; init; }

    /// <summary>As <c>travelDocuments</c>.</summary>
    public required string Dataset { get; init; }

    /// <summary><c>search</c> or <c>contribute</c>.</summary>
    public required string Access { get; init; }

    public required IReadOnlyList<string> Purposes { get; init; }
    public required DateTimeOffset Since { get; init; }
    public DateTimeOffset? Until { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public required string RecordedBy { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

public sealed record AgreementList(IReadOnlyList<Agreement> Items);

public sealed record AgreementRequest
{
    public string? Member { get; init; }
    public string? Dataset { get; init; }
    public string? Access { get; init; }
    public IReadOnlyList<string>? Purposes { get; init; }

    /// <summary>From now on when absent.</summary>
    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }
}

/// <summary>Ends an agreement now.</summary>
public sealed record AgreementEnd
{
    public Guid? Id { get; init; }
    public string? Why { get; init; }
}

/// <summary>Four eyes: what one account asked for and an administrator who is another decides.</summary>
public sealed record Approval
{
    public required Guid Id { get; init; }

    /// <summary>What it does when it is approved: <c>member.admit</c>, <c>account.open</c> …</summary>
    public required string Act { get; init; }

    /// <summary>The request as it was sent.</summary>
    public required JsonElement Body { get; init; }

    public required string AskedBy { get; init; }
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Not decided by then, it is void.</summary>
    public required DateTimeOffset Until { get; init; }

    public string? DecidedBy { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary><c>approved</c> or <c>refused</c>.</summary>
    public string? Decision { get; init; }

    /// <summary>What came of it, in the answer to the approval only.</summary>
    public JsonElement? Result { get; init; }
}

public sealed record ApprovalList(IReadOnlyList<Approval> Items);

/// <summary>Decides what another administrator asked for.</summary>
public sealed record ApprovalDecision
{
    public Guid? Id { get; init; }

    /// <summary><c>approved</c> or <c>refused</c>.</summary>
    public string? Decision { get; init; }
}

/// <summary>Asks for the one-time link that came of an approval.</summary>
public sealed record LinkRequest
{
    /// <summary>Of what the caller asked for and another administrator approved.</summary>
    public Guid? Id { get; init; }
}
