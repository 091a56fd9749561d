using System.Text.Json;
using System.Text.Json.Serialization;
using Liaison.Api;

namespace Liaison.Cli.Hubs;

/// <summary>One entry of <c>profiles.json</c>: an account at a hub.</summary>
internal sealed record UserProfile
{
    public required string Address { get; init; }
    public string Member { get; init; } = "";

    /// <summary>Access token; renewed when it ends by one of the following.</summary>
    public string? Token { get; init; }

    /// <summary>When <see cref="Token"/> ends; null when that is not known.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Refresh token of a person who signed in.</summary>
    public string? Refresh { get; init; }

    /// <summary>Account of a system, whose private key (PEM, mode 0600) is in the file <see cref="Key"/>.</summary>
    public string? Client { get; init; }

    /// <summary>Path, absolute or from the folder of <c>profiles.json</c>.</summary>
    public string? Key { get; init; }

    /// <summary>With what the hub gave.</summary>
    public UserProfile With(TokenAnswer answer, DateTimeOffset now) => this with
    {
        Token = answer.AccessToken,
        Refresh = answer.RefreshToken ?? Refresh,
        Expires = answer.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null,
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, UserProfile>))]
internal sealed partial class ProfilesJson : JsonSerializerContext;

/// <summary>
/// The accounts known on this machine: the person's own (<c>profiles.json</c>) and those of the development hub that was last
/// started in this checkout (<c>.liaison/hub.json</c>).
/// </summary>
internal sealed class Profiles
{
    private readonly List<NamedAccount> accounts = [];

    /// <summary>The development hub of this checkout; null when none was started.</summary>
    public LocalHub? Local { get; private init; }

    /// <summary>The file that <see cref="Local"/> was read from.</summary>
    public string? LocalFile { get; private init; }

    /// <summary>A file that was found and could not be used, and what to do about it; null when all is well.</summary>
    public string? Fault { get; private init; }

    /// <summary>The person's own accounts first: a name of theirs hides the same name of the local hub.</summary>
    public IReadOnlyList<NamedAccount> Accounts => accounts;

    public NamedAccount? Find(string name) => accounts.Find(a => a.Name == name);

    public static Profiles Read(Surroundings around)
    {
        var own = OwnFile(around) is var file && File.Exists(file) ? file : null;
        var (ownProfiles, fault) = own is null ? (null, null)
            : ReadPrivate(own, text => JsonSerializer.Deserialize(text, ProfilesJson.Default.DictionaryStringUserProfile));
        var localFile = LocalHubFile(around);
        LocalHub? local = null;
        if (localFile is not null)
        {
            (local, var localFault) = ReadPrivate(localFile, text => JsonSerializer.Deserialize(text, LiaisonJson.Answers.LocalHub));
            fault ??= localFault;
        }

        var profiles = new Profiles { Local = local, LocalFile = localFile, Fault = fault };
        foreach (var (name, p) in ownProfiles ?? [])
        {
            var renewed = p.Refresh is not null || p is { Client: not null, Key: not null };
            profiles.accounts.Add(new(name, p.Address, p.Member, p.Token ?? "", own!) { SignIn = renewed ? new(own!, name, p) : null });
        }

        if (local is null) return profiles;
        foreach (var (name, p) in local.Profiles)
        {
            if (profiles.Find(name) is null) profiles.accounts.Add(new(name, local.Address, p.Member, p.Token, localFile!));
        }

        return profiles;
    }

    /// <summary>XDG Base Directory Specification 0.8: an XDG_CONFIG_HOME that is not absolute is ignored.</summary>
    public static string? OwnFile(Surroundings around)
    {
        var folder = around.Setting("XDG_CONFIG_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg
            : around.Setting("HOME") is { } home ? Path.Combine(home, ".config") : null;
        return folder is null ? null : Path.Combine(folder, "liaison", "profiles.json");
    }

    /// <summary>
    /// A named checkout is the only place looked at: falling back to the current folder would talk to another checkout's hub unasked.
    /// </summary>
    private static string? LocalHubFile(Surroundings around)
    {
        if (around.Setting("LIAISON_HOME") is { } home) return In(home);
        for (var folder = new DirectoryInfo(around.Folder); folder is not null; folder = folder.Parent)
        {
            if (In(folder.FullName) is { } file) return file;
        }

        return null;

        static string? In(string folder) => Path.Combine(folder, ".liaison", "hub.json") is var file && File.Exists(file) ? file : null;
    }

    /// <summary>A file with a private key, which must be closed to others.</summary>
    /// <exception cref="IOException">It is open to others, or cannot be read.</exception>
    public static string ReadSecret(string file) => IsOpen(file) ? throw new IOException("Open to other users.") : File.ReadAllText(file);

    private static bool IsOpen(string file)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;
    }

    /// <summary>
    /// Reads a file that holds tokens. It must be closed to others: their eyes would see the tokens, and a file of somebody else
    /// that we can read (a planted <c>/tmp/.liaison/hub.json</c>) would send our questions to an address of their choice.
    /// </summary>
    private static (T? Value, string? Fault) ReadPrivate<T>(string file, Func<string, T?> read)
        where T : class
    {
        try
        {
            if (IsOpen(file)) return (null, $"{file} is open to other users and is not used: chmod 600 it.");
            return read(File.ReadAllText(file)) is { } value ? (value, null) : (null, $"{file} is empty: correct or delete it.");
        }
        catch (JsonException e)
        {
            return (null, $"{file} is not what it should be (line {e.LineNumber + 1}): correct or delete it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{file} cannot be read: {e.Message}");
        }
    }
}
