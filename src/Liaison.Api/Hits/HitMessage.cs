namespace Liaison.Api.Hits;

/// <summary>Something to say to the other party of a hit.</summary>
public sealed record HitMessageRequest
{
    /// <summary>At most 4,000 characters; lines may be broken.</summary>
    public string? Text { get; init; }
}

/// <summary>Something that the owner, or the one who asked, said to the other: a text or a file.</summary>
public sealed record HitMessage
{
    public required Guid Id { get; init; }

    /// <summary>The hit id of the one who asked, whoever wrote it.</summary>
    public required Guid Hit { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Whose message it is.</summary>
    public required string Member { get; init; }

    public string? Text { get; init; }

    public HitAttachment? Attachment { get; init; }
}

/// <summary>A file in a message.</summary>
/// <param name="Id">By which it is fetched.</param>
/// <param name="Name">Cleaned: no path, and the ending of what it is.</param>
/// <param name="Type">Media type, by what it holds.</param>
/// <param name="Bytes">How many.</param>
/// <param name="Sha256">Of its bytes, lower-case hexadecimal.</param>
public sealed record HitAttachment(Guid Id, string Name, string Type, int Bytes, string Sha256);

/// <summary>What was said between the owner and one who asked, in order.</summary>
public sealed record HitMessages(IReadOnlyList<HitMessage> Items);
