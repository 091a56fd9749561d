namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// Reads the product's own code lists, which hold no quotes. A missing list is a broken build and so an exception; foreign CSV goes
/// through the import's reader.
/// </summary>
internal static class DemoData
{
    /// <summary>The rows below the header, split at the commas.</summary>
    public static IReadOnlyList<string[]> Rows(string name)
    {
        using var stream = typeof(DemoData).Assembly.GetManifestResourceStream("data/" + name)
            ?? throw new InvalidOperationException($"The code list {name} is not part of this assembly.");
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Skip(1).Select(line => line.TrimEnd('\r').Split(','))];
    }
}
