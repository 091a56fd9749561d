namespace Liaison.Cli.Hubs;

/// <summary>
/// Decides which hub is meant and as whom. Nearest wins: what the command line says, then what the environment says, then the
/// development hub of this checkout. A token goes only to the hub that it was given for.
/// </summary>
internal static class HubFinder
{
    public static HubChoice Find(string? hubOption, string? profileOption, Surroundings around)
    {
        var profiles = Profiles.Read(around);
        if (profileOption is not null) return Named(profileOption, hubOption, profiles);
        if ((hubOption ?? around.Setting("LIAISON_HUB")) is { } address) return At(address, hubOption is not null, profiles, around);
        if (around.Setting("LIAISON_PROFILE") is { } name) return Named(name, null, profiles);
        if (profiles.Local is { } local)
        {
            if (around.Setting("LIAISON_TOKEN") is { } token) return Checked(local.Address, token, "LIAISON_TOKEN, " + profiles.LocalFile);
            return Named(local.DefaultProfile, null, profiles);
        }

        return new HubChoice.None(ExitCode.Unreachable,
            profiles.Fault ?? "No hub is known here: start one with ./run, or say which with LIAISON_HUB and LIAISON_TOKEN, or --profile.");
    }

    private static HubChoice Named(string name, string? address, Profiles profiles)
    {
        if (profiles.Find(name) is not { } account)
        {
            var known = string.Join(", ", profiles.Accounts.Select(a => a.Name));
            var advice = profiles.Fault ?? (known.Length > 0 ? $"Known: {known}." : "None is known here.");
            return Wrong($"No profile is called \"{name}\". {advice}");
        }

        if (address is not null && !SamePlace(address, account.Address))
            return Wrong($"Profile \"{name}\" belongs to {account.Address}, not to {address}: leave out --hub or --profile.");
        return Checked(account.Address, account.Token, $"profile {name}, {account.Source}", account.SignIn);
    }

    /// <summary>An address was given without a profile: find the token that belongs to it.</summary>
    private static HubChoice At(string address, bool fromOption, Profiles profiles, Surroundings around)
    {
        var source = fromOption ? "--hub" : "LIAISON_HUB";
        var tokenIsForIt = !fromOption || around.Setting("LIAISON_HUB") is not { } named || SamePlace(named, address);
        if (tokenIsForIt && around.Setting("LIAISON_TOKEN") is { } token) return Checked(address, token, source + ", LIAISON_TOKEN");
        var profile = around.Setting("LIAISON_PROFILE");
        if (profile is not null && profiles.Find(profile) is { } account && SamePlace(address, account.Address))
            return Checked(address, account.Token, $"{source}, profile {account.Name}", account.SignIn);
        if (profiles.Accounts.FirstOrDefault(a => a.SignIn is not null && SamePlace(address, a.Address)) is { } signedIn)
            return Checked(address, signedIn.Token, $"{source}, profile {signedIn.Name}", signedIn.SignIn);
        if (profiles.Local is { } local && SamePlace(address, local.Address)
            && local.Profiles.TryGetValue(local.DefaultProfile, out var own))
            return Checked(address, own.Token, $"{source}, profile {local.DefaultProfile}, {profiles.LocalFile}");
        var checkedAddress = Checked(address, "none", source);
        return checkedAddress is HubChoice.None ? checkedAddress
            : Wrong($"No token is known for {address}: set LIAISON_TOKEN, or name a profile with --profile.{Said(profiles.Fault)}");
    }

    /// <summary>Where to sign in: the hub that is named, that of the profile, or the one of this checkout.</summary>
    /// <returns>A message when that cannot be said.</returns>
    public static (LoginPlace? Place, string Why) Place(string? hubOption, string? profileOption, Surroundings around)
    {
        if (Profiles.OwnFile(around) is not { } file) return (null, "There is no place to keep tokens: set HOME.");
        var profiles = Profiles.Read(around);
        if (profiles.Fault is { } fault) return (null, fault);
        var name = profileOption ?? around.Setting("LIAISON_PROFILE");
        var named = name is null ? null : profiles.Find(name);
        var address = hubOption ?? named?.Address ?? around.Setting("LIAISON_HUB") ?? profiles.Local?.Address;
        if (address is null) return (null, "Say which hub: liaison login --hub https://hub.example");
        if (named is { SignIn: null } && named.Source != file) (name, named) = (null, null);
        if (Checked(address, "none", "") is HubChoice.None wrong) return (null, wrong.Message);
        if (named is not null && !SamePlace(address, named.Address)) return (null, $"Profile \"{name}\" belongs to {named.Address}: choose another name with --profile.");
        name ??= profiles.Accounts.FirstOrDefault(a => a.SignIn is { Profile.Client: null } && SamePlace(address, a.Address))?.Name ?? new Uri(address).Host;
        return (new(new(address), name, file), "");
    }

    private static HubChoice Checked(string address, string token, string source, SignIn? signIn = null)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            return Wrong($"\"{address}\" is not a hub's address: give it as https://host:port.");
        if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return Wrong($"\"{address}\" says more than a hub's address may: give scheme, host and port only.");

        // Questions and tokens are for the hub's eyes only; on the way to another machine that takes TLS.
        if (uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback)
            return Wrong($"{address} would carry token and questions in the clear: use https.");
        token = token.Trim();
        if ((token.Length == 0 && signIn is null) || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return Wrong($"The token ({source}) is empty or holds characters that no token has: copy it anew.");
        return new HubChoice.Chosen(new(uri, token, source) { SignIn = signIn });
    }

    /// <summary>Every name of the loopback is the same machine.</summary>
    internal static bool SamePlace(string a, string b) =>
        Uri.TryCreate(a, UriKind.Absolute, out var x) && Uri.TryCreate(b, UriKind.Absolute, out var y)
        && x.Scheme == y.Scheme && x.Port == y.Port
        && ((x.IsLoopback && y.IsLoopback) || string.Equals(x.Host, y.Host, StringComparison.OrdinalIgnoreCase));

    private static string Said(string? fault) => fault is null ? "" : " " + fault;

    private static HubChoice.None Wrong(string message) => new(ExitCode.Usage, message);
}
