using System.Security.Cryptography;
using Liaison.Platform.Secrets;

namespace UnitTests.Platform;

public sealed class KeyFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("liaison-keys-").FullName;

    [Fact]
    public void A_file_is_made_once_for_the_owner_alone()
    {
        var path = Path.Combine(folder, KeyFile.Name);
        var (id, bytes) = KeyFile.Read(path, make: true).Seal("secret"u8);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal("secret"u8.ToArray(), KeyFile.Read(path, make: true).Open(id, bytes));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("secret"u8));
    }

    [Fact]
    public void An_older_line_opens_what_it_sealed_and_the_newest_seals()
    {
        var (old, next) = (Line(), Line());
        var (id, bytes) = Read(old).Seal("secret"u8);
        var both = Read(next + "\n" + old + "\n");
        Assert.Equal("secret"u8.ToArray(), both.Open(id, bytes));
        Assert.Equal(Read(next).Seal("x"u8).Id, both.Seal("x"u8).Id);
        Assert.Throws<CryptographicException>(() => Read(next).Open(id, bytes));
    }

    [Fact]
    public void What_was_changed_is_not_opened()
    {
        var keys = KeyFile.Fresh();
        var (id, bytes) = keys.Seal("secret"u8);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => keys.Open(id, changed));
        }

        Assert.ThrowsAny<CryptographicException>(() => keys.Open(id, bytes.AsSpan(0, 5)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 at all")]
    [InlineData("c2hvcnQ=")]
    public void Anything_else_is_refused_with_what_to_do(string text) =>
        Assert.Contains("openssl rand -base64 32", Assert.Throws<KeyFileException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_open_to_others_or_missing_is_refused()
    {
        Assert.Contains("cannot be read", Assert.Throws<KeyFileException>(() => KeyFile.Read(Path.Combine(folder, "none"), make: false)).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        var path = Path.Combine(folder, "open");
        File.WriteAllText(path, Line());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<KeyFileException>(() => KeyFile.Read(path, make: false)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Line() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private KeyFile Read(string text)
    {
        var path = Path.Combine(folder, "keys");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return KeyFile.Read(path, make: false);
    }
}
