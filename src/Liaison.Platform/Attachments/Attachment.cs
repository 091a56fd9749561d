namespace Liaison.Platform.Attachments;

/// <summary>A file that was handed over, without its bytes.</summary>
public sealed record Attachment
{
    public const int MostBytes = 10 << 20;

    public required Guid Id { get; init; }

    /// <summary>What it hangs on: it is removed with it.</summary>
    public required Guid Holder { get; init; }

    /// <summary>The part of the holder that has room for so much.</summary>
    public required Guid Part { get; init; }

    /// <summary>Who handed it over.</summary>
    public required string Member { get; init; }
    public required string Account { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Cleaned, with the ending of its kind.</summary>
    public required string Name { get; init; }

    /// <summary>Media type, by what it holds.</summary>
    public required string Type { get; init; }
    public required int Bytes { get; init; }
    public required byte[] Sha256 { get; init; }
}
