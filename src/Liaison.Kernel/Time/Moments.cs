using System.Globalization;

namespace Liaison.Kernel.Time;

/// <summary>Moments on the wire: RFC 3339, with an offset, because a time of day without one means nothing between countries.</summary>
public static class Moments
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>False when the text is no such moment or lacks its offset. The result is UTC, to the microsecond.</summary>
    public static bool TryParse(string text, out DateTimeOffset moment)
    {
        moment = default;
        var hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^3] == ':' && text[^6] is '+' or '-');
        if (!hasOffset || !DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out moment))
            return false;
        moment = moment.ToMicroseconds();
        return true;
    }

    /// <summary>The moment in UTC, cut to whole microseconds: the resolution that the database keeps, so that what was answered reads back equal.</summary>
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset moment) =>
        new(moment.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
