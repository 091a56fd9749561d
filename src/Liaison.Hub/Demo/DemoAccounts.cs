using System.Security.Cryptography;
using System.Text.Json;
using Liaison.Api;
using Liaison.Members;

namespace Liaison.Hub.Demo;

/// <summary>
/// The tokens of the synthetic accounts of a development hub: made once, at random, kept in <c>accounts.json</c> (mode 0600) of the data
/// folder for the command line of this checkout.
/// </summary>
internal sealed class DemoAccounts
{
    private const string FileName = "accounts.json";

    private DemoAccounts(IReadOnlyDictionary<string, LocalProfile> profiles) => Profiles = profiles;

    public static string DefaultProfile => MembersModule.DemoProfiles[0].Profile;

    public IReadOnlyDictionary<string, LocalProfile> Profiles { get; }

    /// <exception cref="AccountsFileException">The file is there and cannot be read.</exception>
    public static DemoAccounts LoadOrMake(string dataFolder)
    {
        var path = Path.Combine(dataFolder, FileName);
        try
        {
            var kept = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), LiaisonJson.Default.LocalHub)!.Profiles : null;
            var profiles = MembersModule.DemoProfiles.ToDictionary(
                p => p.Profile, p => new LocalProfile(p.Member, kept?.GetValueOrDefault(p.Profile)?.Token ?? NewToken()));
            if (kept is null || profiles.Any(p => !p.Value.Equals(kept.GetValueOrDefault(p.Key))))
                PrivateFile.Write(path, new LocalHub { Address = "", DefaultProfile = DefaultProfile, Profiles = profiles });
            return new(profiles);
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AccountsFileException($"{path} cannot be used ({broken.GetType().Name}). Delete it; the hub makes a new one.");
        }
    }

    /// <summary>Makes the accounts in the database, where they are not there yet.</summary>
    public Task RecordAsync(string appConnectionString, TimeProvider clock, CancellationToken cancellation) =>
        MembersModule.LoadDemoAsync(appConnectionString, Profiles.ToDictionary(p => p.Key, p => p.Value.Token), clock, cancellation);

    private static string NewToken() => "dev-" + RandomNumberGenerator.GetHexString(64, true);
}

/// <summary>The message says what to do.</summary>
internal sealed class AccountsFileException(string message) : Exception(message);
