namespace Liaison.Members.Domain;

/// <summary>What a person knows a browser by. No more of what it says of itself is kept.</summary>
internal static class BrowserName
{
    /// <summary>In this order: most call themselves by the names of others too.</summary>
    private static readonly (string Sign, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <param name="userAgent">The header, whatever somebody put there.</param>
    public static string Of(string userAgent) => $"{First(Browsers, userAgent)}, {First(Systems, userAgent)}";

    private static string First((string Sign, string Name)[] signs, string text) =>
        Array.Find(signs, s => text.Contains(s.Sign, StringComparison.Ordinal)).Name ?? "?";
}
