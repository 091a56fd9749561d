namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// Synthetic records to try a hub with: believable formats of every member's documents, no real document, no person. The same
/// <c>count</c> and <c>today</c> give the same records on every machine.
/// </summary>
internal static class DemoDocuments
{
    /// <summary>What <c>./run</c> loads into an empty database.</summary>
    public const int UsualCount = 200_000;

    public const int MostCount = 1_000_000;

    private const ulong Seed = 0x4C49_4149_534F_4E31;

    // Less than the ten years of review: every record still answers a year after it was loaded.
    private const int HistoryDays = 9 * 365;

    /// <summary>The specimens of ICAO Doc 9303 first, then the others in the order in which they were recorded.</summary>
    /// <param name="count">0 to <see cref="MostCount"/>.</param>
    /// <param name="today">The day the data is made for; a year from 2021 to 2150.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its bounds.</exception>
    public static IEnumerable<DemoDocument> All(int count, DateOnly today)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostCount);
        if (today.Year is < 2021 or > 2150) throw new ArgumentOutOfRangeException(nameof(today));
        return Generate(count, today);
    }

    private static IEnumerable<DemoDocument> Generate(int count, DateOnly today)
    {
        var specimens = DemoSpecimens.All(today);
        foreach (var specimen in specimens.Take(count)) yield return specimen;

        var random = new SplitMix64(Seed);
        var formats = DemoFormats.Load();
        var numbers = new DemoNumbers(formats, random, rangeCount: count / 110);
        var details = new DemoDetails(formats, random);
        var others = count - specimens.Count;
        for (var i = 0; i < others; i++)
        {
            var recordedOn = today.AddDays(-(int)((long)HistoryDays * (others - 1 - i) / others));
            yield return Next(numbers, details, Status(random), recordedOn);
        }
    }

    private static DemoDocument Next(DemoNumbers numbers, DemoDetails details, string status, DateOnly recordedOn)
    {
        if (status == "stolenBlank" && numbers.NextRange(out var range))
            return new(range.Format.Issuer, details.Describe(range.Format, status, range.From, range.To, recordedOn), recordedOn);

        var (format, number) = numbers.NextNumber();
        return new(format.Issuer, details.Describe(format, status, number, null, recordedOn), recordedOn);
    }

    /// <summary>In per cent. Most documents are simply lost; the other statuses are there often enough to be met.</summary>
    private static string Status(SplitMix64 random) => random.Below(100) switch
    {
        < 70 => "lost",
        < 92 => "stolen",
        < 95 => "stolenBlank",
        < 98 => "revoked",
        _ => "invalid",
    };
}
