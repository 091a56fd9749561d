using System.Security.Cryptography;
using System.Text.Json;
using Liaison.Api;
using Liaison.Platform.Access;

namespace Liaison.Hub.Demo;

/// <summary>
/// The synthetic accounts of a development hub: made once with random tokens, kept in <c>accounts.json</c> (mode 0600) of the data folder.
/// </summary>
internal sealed class DemoAccounts
{
    public const string DefaultProfile = "utopia";
    private const string FileName = "accounts.json";

    private static readonly string[] Everything =
        [HubRoutes.StatusPermission, "travelDocuments.search", "travelDocuments.read", "travelDocuments.write"];

    private static readonly string[] SearchOnly = [HubRoutes.StatusPermission, "travelDocuments.search"];

    /// <summary>Utopia comes first: it owns the specimens, so that a newcomer can change what he found.</summary>
    private static readonly (string Profile, string Member, string[] Permissions, string Purpose)[] Accounts =
    [
        (DefaultProfile, "UTO", Everything, "training"),
        ("france", "FRA", Everything, "borderControl"),
        ("germany", "DEU", Everything, "borderControl"),
        ("kingdom", "GBR", Everything, "borderControl"),
        ("carrier", "UTO", SearchOnly, "carrierCheck"),
    ];

    private DemoAccounts(IReadOnlyDictionary<string, LocalProfile> profiles)
    {
        Profiles = profiles;
        Callers = [.. Accounts.Where(a => profiles.ContainsKey(a.Profile)).Select(a =>
            (profiles[a.Profile].Token, new Caller($"demo-{a.Profile}", a.Member, a.Permissions.ToHashSet(StringComparer.Ordinal), a.Purpose)))];
    }

    /// <summary>Each account with its token.</summary>
    public IReadOnlyList<(string Token, Caller Caller)> Callers { get; }

    public IReadOnlyDictionary<string, LocalProfile> Profiles { get; }

    /// <exception cref="AccountsFileException">The file is there and cannot be read.</exception>
    public static DemoAccounts LoadOrMake(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        try
        {
            if (File.Exists(path))
            {
                var kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), LiaisonJson.Default.LocalHub);
                return new(kept!.Profiles);
            }

            var made = Accounts.ToDictionary(a => a.Profile, a => new LocalProfile(a.Member, "dev-" + RandomNumberGenerator.GetHexString(32, true)));
            PrivateFile.Write(path, new LocalHub { Address = "", DefaultProfile = DefaultProfile, Profiles = made });
            return new(made);
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AccountsFileException($"{path} cannot be used ({broken.GetType().Name}). Delete it; the hub makes a new one.");
        }
    }
}

/// <summary>The message says what to do.</summary>
internal sealed class AccountsFileException(string message) : Exception(message);
