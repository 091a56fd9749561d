using Liaison.Hits.Domain;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Wire = Liaison.Api.Hits;

namespace Liaison.Hits;

/// <summary>What the hub says of a hit in words, for people, in the four official languages (<c>texts.tsv</c>). It says no more than the codes do.</summary>
internal static class HitTexts
{
    public static readonly TextTable Words = TextTable.Embedded(typeof(HitTexts).Assembly, "hits/texts.tsv");

    /// <summary>The words for whoever asks; the answer says in which language they are.</summary>
    public static Texts For(HttpContext http)
    {
        var texts = Words.For(http.Request);
        http.Response.Headers.ContentLanguage = texts.Language;
        http.Response.Headers.Vary = HeaderNames.AcceptLanguage;
        return texts;
    }

    /// <summary>How a hit stands, as the caller sees it.</summary>
    public static string Of(Wire.Hit hit, Texts texts)
    {
        List<string> said = [texts.Of($"{hit.Role}.{hit.State}")];
        var waits = hit.State == HitState.Open.Code() || hit.State == HitState.Acknowledged.Code();
        if (waits && hit.Level is { } level && level != HitLevel.Desk.Code()) said.Add(texts.Of($"level.{level}"));
        if (hit.Outcome is { } outcome) said.Add(texts.Of($"outcome.{outcome}"));
        return string.Join(' ', said);
    }
}
