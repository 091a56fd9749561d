using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Liaison.Platform.Jobs;
using Liaison.Platform.Secrets;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Liaison.Members.OAuth;

/// <summary>
/// Where ASP.NET Core Data Protection keeps its keys: in the database, which all nodes share, sealed with the key file, which is not there.
/// Whoever has a copy of the database alone can neither read nor make a cookie or a token.
/// </summary>
internal sealed class SharedKeys(NpgsqlDataSource database, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("SELECT xml FROM members.data_protection_key ORDER BY made_at, name");
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read()) elements.Add(XElement.Parse(reader.GetString(0)));
        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.CreateCommand("INSERT INTO members.data_protection_key (name, xml, made_at) VALUES ($1, $2, $3)");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Seals with the newest line of the key file what an older line sealed, so that the older one can be taken out: secrets that were
    /// protected years ago are opened by a key that is as old.
    /// </summary>
    public static Job Resealing(KeyFile keys) => new("keyResealing", TimeSpan.FromHours(1), async (connection, cancellation) =>
    {
        foreach (var (name, xml) in await ReadAsync(connection, cancellation))
        {
            var element = XElement.Parse(xml);
            var older = element.Descendants(KeySealing.Element).Where(s => (string?)s.Attribute(KeySealing.Key) != keys.Newest).ToArray();
            if (older.Length == 0) continue;
            try
            {
                foreach (var one in older) one.ReplaceWith(new KeySealing(keys).Encrypt(new KeyOpening(keys).Decrypt(one)).EncryptedElement);
            }
            catch (CryptographicException)
            {
                // Sealed by a line that is gone: it stays as it is, for a file that has it again.
                continue;
            }

            await using var command = new NpgsqlCommand("UPDATE members.data_protection_key SET xml = $2 WHERE name = $1", connection)
            {
                Parameters = { new() { Value = name }, new() { Value = element.ToString(SaveOptions.DisableFormatting) } },
            };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    });

    private static async Task<List<(string Name, string Xml)>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT name, xml FROM members.data_protection_key", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync(cancellation)) rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    public static void Use(IServiceCollection services)
    {
        services.AddSingleton<SharedKeys>();
        services.AddSingleton(s => Resealing(s.GetRequiredService<KeyFile>()));
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s => new ConfigureOptions<KeyManagementOptions>(o =>
        {
            o.XmlRepository = s.GetRequiredService<SharedKeys>();
            o.XmlEncryptor = new KeySealing(s.GetRequiredService<KeyFile>());
        }));
    }
}

/// <summary>Seals an element with the newest key of the key file.</summary>
internal sealed class KeySealing(KeyFile keys) : IXmlEncryptor
{
    public const string Element = "sealed", Key = "key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var (id, bytes) = keys.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new(new XElement(Element, new XAttribute(Key, id), Convert.ToBase64String(bytes)), typeof(KeyOpening));
    }
}

/// <summary>Made by Data Protection by its name, which stands in the element.</summary>
internal sealed class KeyOpening(KeyFile keys) : IXmlDecryptor
{
    public KeyOpening(IServiceProvider services)
        : this(services.GetRequiredService<KeyFile>())
    {
    }

    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(
        keys.Open((string?)encryptedElement.Attribute(KeySealing.Key) ?? "", Convert.FromBase64String(encryptedElement.Value))));
}
