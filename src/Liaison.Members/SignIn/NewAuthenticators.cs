using System.Security.Cryptography;
using System.Text;
using Liaison.Members.Domain;
using Liaison.Members.SignIn.Pages;
using Microsoft.AspNetCore.DataProtection;
using QRCoder;

namespace Liaison.Members.SignIn;

/// <summary>Offers the key of an authenticator before anything keeps it: until a code proves that the app has it, the form carries it, sealed.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class NewAuthenticators(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("Liaison.Members.NewAuthenticator").ToTimeLimitedDataProtector();

    /// <param name="account">Whose.</param>
    /// <param name="state">Of the form that failed: the app may have the key already. Null for a new key.</param>
    public PasswordFields.NewAuthenticator Offer(string account, string? state = null)
    {
        var key = state is null ? null : Open(account, state);
        key ??= RandomNumberGenerator.GetBytes(Totp.KeyLength);
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(Totp.Address(account, key), QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < data.ModuleMatrix.Count; y++)
        {
            for (var x = 0; x < data.ModuleMatrix[y].Length; x++)
            {
                if (data.ModuleMatrix[y][x]) path.Append(null, $"M{x} {y}h1v1h-1z");
            }
        }

        return new(Base32.Grouped(Base32.Encode(key)), data.ModuleMatrix.Count, path.ToString(), protector.Protect($"{account} {Convert.ToBase64String(key)}", Patience));
    }

    /// <summary>The key that was offered to the account, or null when the offer is too old.</summary>
    public byte[]? Open(string account, string state)
    {
        try
        {
            var parts = protector.Unprotect(state).Split(' ');
            return parts[0] == account ? Convert.FromBase64String(parts[1]) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
