using System.Text;
using System.Xml.Linq;
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

    public static void Use(IServiceCollection services)
    {
        services.AddSingleton<SharedKeys>();
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
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var (id, bytes) = keys.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new(new XElement("sealed", new XAttribute("key", id), Convert.ToBase64String(bytes)), typeof(KeyOpening));
    }
}

/// <summary>Made by Data Protection by its name, which stands in the element.</summary>
internal sealed class KeyOpening(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<KeyFile>()
        .Open((string?)encryptedElement.Attribute("key") ?? "", Convert.FromBase64String(encryptedElement.Value))));
}
