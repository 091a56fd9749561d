using System.Globalization;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Events;

/// <summary>How far somebody has read a feed. It names the history of the database: after a restore the same position is another event.</summary>
internal readonly record struct FeedCursor(Guid History, long Position)
{
    /// <summary>Where somebody begins who wants to know nothing of what was.</summary>
    public const string Latest = "latest";

    public static Parsed<FeedCursor> Parse(string text) =>
        text.Split('-') is [var history, var position] && Guid.TryParseExact(history, "N", out var id)
        && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new FeedCursor(id, at)
            : new FieldProblem("after", "cursor", $"Give the cursor of an event or of the header Liaison-Cursor, or {Latest}; nothing for the oldest that is kept.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{History:N}-{Position}");
}
