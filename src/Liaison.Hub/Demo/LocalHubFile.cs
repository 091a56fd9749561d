using Liaison.Api;

namespace Liaison.Hub.Demo;

/// <summary>
/// Tells the command line of this checkout where the hub is: <c>.liaison/hub.json</c> under <c>LIAISON_HOME</c>, which <c>./run</c> sets.
/// </summary>
internal static class LocalHubFile
{
    /// <summary>Does nothing when there is no checkout to tell.</summary>
    public static void Write(Uri address, DemoAccounts accounts)
    {
        if (HubEnvironment.Home is not { } home) return;
        var folder = Directory.CreateDirectory(Path.Combine(home, ".liaison"));
        PrivateFile.Write(Path.Combine(folder.FullName, "hub.json"), new LocalHub
        {
            Address = $"{address.Scheme}://{address.Authority}",
            DefaultProfile = DemoAccounts.DefaultProfile,
            Profiles = accounts.Profiles,
        });
    }
}
