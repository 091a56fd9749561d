using System.Security.Cryptography;
using System.Text;

namespace Liaison.Platform.Secrets;

/// <summary>
/// The secret that is not in the database: with it the keys that nodes share there are sealed. A text file, one key a line (32 bytes in
/// base64), the newest first; older lines open what was sealed before a change.
/// </summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class KeyFile
{
    public const string Name = "hub.key";
    private const int KeyLength = 32, NonceLength = 12, TagLength = 16, MostKeys = 8, IdLength = 8;

    private readonly (string Id, byte[] Key)[] keys;

    private KeyFile(IEnumerable<byte[]> keys) => this.keys = [.. keys.Select(k => (IdOf(k), k))];

    /// <summary>A key of this process alone: nothing that it seals is opened by another.</summary>
    public static KeyFile Fresh() => new([RandomNumberGenerator.GetBytes(KeyLength)]);

    /// <summary>Id of the key that seals.</summary>
    public string Newest => keys[0].Id;

    /// <summary>Ids of all that open, the newest first.</summary>
    internal string[] Ids => [.. keys.Select(k => k.Id)];

    /// <param name="path">The file.</param>
    /// <param name="make">Make it when it is not there.</param>
    /// <exception cref="KeyFileException">It is not there, open to others, or holds something else; the message says what to do.</exception>
    public static KeyFile Read(string path, bool make)
    {
        try
        {
            if (make && !File.Exists(path)) Make(path);
            RequirePrivate(path);
            var lines = File.ReadAllLines(path).Where(l => l.Trim().Length > 0).ToArray();
            var read = lines.Select(Decode).OfType<byte[]>().ToArray();
            return read.Length == lines.Length && read.Length is > 0 and <= MostKeys ? new(read)
                : throw new KeyFileException($"{path} is not a key file: one line of 32 random bytes in base64, as of openssl rand -base64 32.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(
                $"The key file {path} cannot be read ({unreadable.GetType().Name}). Make it once, with mode 0600, and give every node the same: openssl rand -base64 32.");
        }
    }

    /// <returns>The id of the key, and nonce, ciphertext and tag, one after the other.</returns>
    public (string Id, byte[] Sealed) Seal(ReadOnlySpan<byte> text)
    {
        var (id, key) = keys[0];
        var bytes = new byte[NonceLength + text.Length + TagLength];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(bytes.AsSpan(0, NonceLength), text, bytes.AsSpan(NonceLength, text.Length), bytes.AsSpan(^TagLength), Encoding.ASCII.GetBytes(id));
        return (id, bytes);
    }

    /// <exception cref="CryptographicException">No line of the file sealed it, or it was changed.</exception>
    public byte[] Open(string id, ReadOnlySpan<byte> bytes)
    {
        var key = keys.FirstOrDefault(k => k.Id == id).Key ?? throw new CryptographicException("Sealed with a key that the key file does not hold.");
        if (bytes.Length < NonceLength + TagLength) throw new CryptographicException("Too short to be sealed.");
        var text = new byte[bytes.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(key, TagLength);
        cipher.Decrypt(bytes[..NonceLength], bytes[NonceLength..^TagLength], bytes[^TagLength..], text, Encoding.ASCII.GetBytes(id));
        return text;
    }

    /// <summary>A key for another use from each line, the newest first; none tells anything of another.</summary>
    internal IEnumerable<byte[]> Derive(string label) =>
        keys.Select(k => HKDF.DeriveKey(HashAlgorithmName.SHA256, k.Key, KeyLength, info: Encoding.UTF8.GetBytes(label)));

    private static void Make(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, Encoding.ASCII, options);
        file.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)));
    }

    private static void RequirePrivate(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new KeyFileException($"The key file {path} is open to other users. Close it: chmod 600. If others may have read it, change the key (docs/operate/keys.md).");
    }

    private static byte[]? Decode(string line)
    {
        Span<byte> key = stackalloc byte[KeyLength];
        return Convert.TryFromBase64String(line.Trim(), key, out var length) && length == KeyLength ? key.ToArray() : null;
    }

    /// <summary>Says which key without telling anything of it.</summary>
    private static string IdOf(byte[] key) =>
        Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, IdLength, info: "liaison key id"u8.ToArray()));
}

/// <summary>The key file cannot be used; the message says what to do.</summary>
public sealed class KeyFileException(string message) : Exception(message);
