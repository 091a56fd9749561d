using System.Text;
using Liaison.Members.OAuth;

namespace Fuzz.Targets;

internal static class ClientKeysTarget
{
    /// <summary>Any bytes as a key set or a certificate: keys that are kept hold no secret, and are read again as the same.</summary>
    [FuzzTarget("clientKeys")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        foreach (var parsed in new[] { ClientKeys.ParseSet(text), ClientKeys.ParseCertificate(text) })
        {
            if (!parsed.Is(out var keys, out var problems))
            {
                Assert.NotEmpty(problems[0].Message);
                continue;
            }

            Assert.DoesNotContain("\"d\"", keys.Json, StringComparison.Ordinal);
            Assert.True(ClientKeys.ParseSet(keys.Json).Is(out var again, out _), keys.Json);
            Assert.Equal(keys.Json, again!.Json);
        }
    }
}
