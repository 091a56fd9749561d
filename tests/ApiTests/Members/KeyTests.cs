using System.Security.Cryptography;
using Liaison.Members.OAuth;
using Liaison.Platform.Secrets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>The keys that nodes share: in the database, and of no use without the key file.</summary>
public sealed class KeyTests(OAuthHub hub) : IClassFixture<OAuthHub>
{
    [Fact]
    public async Task Nodes_open_what_another_protected_and_the_database_tells_nothing()
    {
        var text = Protector(hub.Services).Protect("a cookie");
        await using var other = await hub.StartHubAsync();
        Assert.Equal("a cookie", Protector(other.Services).Unprotect(text));
        Assert.Equal(0, await hub.ScalarAsync<long>("SELECT count(*) FROM members.data_protection_key WHERE xml ILIKE '%masterKey%' OR xml NOT LIKE '%sealed%'"));
    }

    [Fact]
    public async Task A_key_file_with_a_new_line_above_seals_everything_anew()
    {
        _ = Protector(hub.Services).Protect("so that there is a key");
        var folder = Directory.CreateTempSubdirectory("liaison-keys-");
        var (old, next) = (Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var (before, both, after) = (Keys(old), Keys($"{next}\n{old}"), Keys(next));
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        // What the hub's own key sealed is beyond this file, and stays.
        await SharedKeys.Resealing(before).RunAsync(connection, CancellationToken.None);
        Assert.Equal(0, await SealedByAsync(before));

        var element = new KeySealing(before).Encrypt(new("secret", "text")).EncryptedElement;
        await hub.RunAsync("INSERT INTO members.data_protection_key (name, xml, made_at) VALUES ('of the test', $1, now())", $"<key>{element}</key>");
        await SharedKeys.Resealing(both).RunAsync(connection, CancellationToken.None);
        Assert.Equal((0, 1), (await SealedByAsync(before), await SealedByAsync(after)));
        var resealed = await hub.ScalarAsync<string>("SELECT xml FROM members.data_protection_key WHERE name = 'of the test'");
        Assert.Equal("text", new KeyOpening(after).Decrypt(System.Xml.Linq.XElement.Parse(resealed).Elements().Single()).Value);
        await hub.RunAsync("DELETE FROM members.data_protection_key WHERE name = 'of the test'");
        folder.Delete(recursive: true);

        KeyFile Keys(string lines)
        {
            var path = Path.Combine(folder.FullName, Guid.NewGuid().ToString());
            File.WriteAllText(path, lines);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return KeyFile.Read(path, make: false);
        }
    }

    private Task<long> SealedByAsync(KeyFile keys) =>
        hub.ScalarAsync<long>("SELECT count(*) FROM members.data_protection_key WHERE xml LIKE '%' || $1 || '%'", keys.Newest);

    private static IDataProtector Protector(IServiceProvider services) =>
        services.GetRequiredService<IDataProtectionProvider>().CreateProtector("tests");
}
