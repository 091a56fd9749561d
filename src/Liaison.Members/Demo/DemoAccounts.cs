namespace Liaison.Members.Demo;

/// <summary>The synthetic members and accounts of a development hub, one account a profile of the command line.</summary>
internal static class DemoAccounts
{
    private const string HitsRead = "hits.read", HitsReport = "hits.report";

    private static readonly string[] Administrator = ["hub.status", "members.read", "members.manage", "hub.administer", HitsRead, "hits.administer"];

    private const string Status = "hub.status", Search = "travelDocuments.search", Read = "travelDocuments.read", Write = "travelDocuments.write";

    public static readonly string[] Everything = [Status, Search, Read, Write, HitsRead, HitsReport, "hits.answer", "hits.message", "hits.watch", "events.read", "webhooks.manage"];

    public static IReadOnlyList<SeedMember> Members { get; } =
    [
        new("UTO", "country", "Utopia, the issuer of specimens"),
        new("FRA", "country", "France"),
        new("DEU", "country", "Germany"),
        new("GBR", "country", "United Kingdom"),
        new("EUROPOL", "partner", "Europol") { Access = ["search"], Purposes = ["criminalInvestigation", "training"] },
        new("SECRETARIAT", "secretariat", "The secretariat of this hub") { Access = [] },
        new("UTOPIA-AIR", "carrier", "Utopia Air, a synthetic airline") { Access = ["search"], Purposes = ["carrierCheck"] },
    ];

    /// <summary>By profile. Utopia comes first: it owns the specimens, so that a newcomer can change what he found.</summary>
    public static IReadOnlyList<(string Profile, string Member, string[] Permissions, string Purpose)> Profiles { get; } =
    [
        ("utopia", "UTO", Everything, "training"),
        ("france", "FRA", Everything, "borderControl"),
        ("germany", "DEU", Everything, "borderControl"),
        ("kingdom", "GBR", Everything, "borderControl"),
        ("europol", "EUROPOL", [Status, Search, Read, HitsRead, HitsReport], "criminalInvestigation"),
        ("bureau", "FRA", [Status, "members.read", "members.manage"], "borderControl"),
        ("secretariat", "SECRETARIAT", Administrator, "dataQuality"),
        ("secretariat-2", "SECRETARIAT", Administrator, "dataQuality"),
        ("carrier", "UTOPIA-AIR", [Status, Search, HitsRead], "carrierCheck"),
    ];

    /// <param name="tokens">By profile.</param>
    public static IReadOnlyList<SeedAccount> Of(IReadOnlyDictionary<string, string> tokens) =>
        [.. Profiles.Select(p => new SeedAccount($"demo-{p.Profile}", p.Member, p.Permissions, p.Purpose, tokens[p.Profile]))];
}
