using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Liaison.Members.Tokens;

/// <summary>SHA-256 of a bearer token: all that is kept of one, so that neither a dump nor the time of a look-up tells it.</summary>
internal readonly record struct TokenHash(UInt128 High, UInt128 Low)
{
    private const int UsualLength = 512;

    public static TokenHash Of(ReadOnlySpan<char> token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var longest = Encoding.UTF8.GetMaxByteCount(token.Length);
        Span<byte> bytes = longest <= UsualLength ? stackalloc byte[longest] : new byte[longest];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], digest);
        return MemoryMarshal.Read<TokenHash>(digest);
    }

    /// <summary>As OpenIddict keeps the references of its tokens: base64 of the hash.</summary>
    public override string ToString()
    {
        var self = this;
        return Convert.ToBase64String(MemoryMarshal.AsBytes(new ReadOnlySpan<TokenHash>(ref self)));
    }
}
