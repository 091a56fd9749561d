using System.Text.Json;

namespace Liaison.Cli.Hubs;

/// <summary>
/// The person's <c>profiles.json</c>, held against other commands while it is changed: two that renew the same sign-in at once would end it,
/// because the hub takes a refresh token that comes twice for stolen.
/// </summary>
internal sealed class ProfileFile : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Pause = TimeSpan.FromMilliseconds(50);

    private readonly string path;
    private readonly FileStream held;
    private readonly Dictionary<string, UserProfile> profiles;

    private ProfileFile(string path, FileStream held)
    {
        (this.path, this.held) = (path, held);
        profiles = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), ProfilesJson.Default.DictionaryStringUserProfile) ?? [] : [];
    }

    /// <exception cref="SignInException">Another command holds it for long, or it cannot be read.</exception>
    public static async Task<ProfileFile> HoldAsync(string path, TimeProvider clock, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        try
        {
            MakeFolder(Path.GetDirectoryName(path)!);
            while (true)
            {
                try
                {
                    return new(path, Open(path + ".lock", FileMode.OpenOrCreate));
                }
                catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException))
                {
                    if (clock.GetElapsedTime(began) > Patience) throw new SignInException($"Another command holds {path}: wait for it, or end it.");
                    await Task.Delay(Pause, clock, cancellation);
                }
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or UnauthorizedAccessException)
        {
            throw new SignInException($"{path} cannot be used: correct or delete it.");
        }
    }

    public UserProfile? Find(string name) => profiles.GetValueOrDefault(name);

    /// <summary>Written whole or not at all, mode 0600 from its first byte.</summary>
    public void Put(string name, UserProfile? profile)
    {
        if (profile is null) profiles.Remove(name);
        else profiles[name] = profile;
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = Open(temporary, FileMode.CreateNew)) JsonSerializer.Serialize(file, profiles, ProfilesJson.Default.DictionaryStringUserProfile);
        File.Move(temporary, path, overwrite: true);
    }

    public void Dispose() => held.Dispose();

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    private static FileStream Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new(file, options);
    }
}

/// <summary>There is no token to ask with; the message says what to do.</summary>
internal sealed class SignInException(string message) : Exception(message);
