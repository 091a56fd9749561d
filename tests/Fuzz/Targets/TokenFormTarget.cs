using System.Text;
using Liaison.Members.OAuth;
using Microsoft.AspNetCore.Http;

namespace Fuzz.Targets;

internal static class TokenFormTarget
{
    private const int LongestValue = 256;

    /// <summary>
    /// Any bytes as a request for tokens, with device code, user code, refresh token or assertion: the first line ends its type, the rest is its form; and as the
    /// name and secret of a client in a header. What passes has fields that a database takes, and few.
    /// </summary>
    [FuzzTarget("tokenForm")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var end = Math.Max(data.IndexOf((byte)'\n'), 0);
        var (type, form) = (data[..end].ToArray(), data[end..].TrimStart((byte)'\n').ToArray());
        var http = new DefaultHttpContext { Request = { Method = HttpMethods.Post, ContentType = "application/x-www-form-urlencoded" + Encoding.Latin1.GetString(type) } };
        http.Request.Body = new MemoryStream(form);
        // Nothing in it waits: the whole request is there.
        if (OAuthForm.RefuseAsync(http, LongestValue).GetAwaiter().GetResult() is null)
        {
            var fields = http.Request.Form;
            Assert.InRange(fields.Count, 0, 32);
            Assert.All(fields, field => Assert.True(field.Key.Length <= 64 && !field.Key.Any(char.IsControl)));
            Assert.All(fields.SelectMany(field => field.Value), value => Assert.True(value is null || (value.Length <= LongestValue && !value.Any(char.IsControl))));
            if (OAuthForm.ClientOf(fields) is { } client) Assert.InRange(client.Length, 1, LongestValue);
        }

        foreach (var credentials in new[] { Convert.ToBase64String(form), Encoding.Latin1.GetString(form) })
        {
            var basic = new DefaultHttpContext { Request = { Method = HttpMethods.Post } };
            basic.Request.Headers.Authorization = "Basic " + credentials;
            var refusal = OAuthForm.RefuseAsync(basic, LongestValue).GetAwaiter().GetResult();
            if (Convert.TryFromBase64String(credentials, new byte[credentials.Length], out _) && form.Contains((byte)0) && credentials == Convert.ToBase64String(form))
                Assert.NotNull(refusal);
        }
    }
}
