using System.Text;
using Liaison.Platform.Web;

namespace Fuzz.Targets;

internal static class ClientCertificateTarget
{
    /// <summary>
    /// Any bytes as the header by which a proxy shows its caller's certificate (RFC 9440). What is taken for one is what was sent, byte for byte, because
    /// accounts are found by it.
    /// </summary>
    [FuzzTarget("clientCertificate")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var header = Encoding.Latin1.GetString(data);
        using var certificate = TrustedProxies.Read(header);
        if (certificate is null) return;
        Assert.Equal(Convert.ToHexString(Convert.FromBase64String(header[1..^1])), Convert.ToHexString(certificate.RawData));
    }
}
