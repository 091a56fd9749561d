using System.Globalization;
using Microsoft.AspNetCore.Authentication;

namespace Liaison.Members.Providers;

/// <summary>What a person set out to do when the browser was sent to the provider; comes back sealed in <c>state</c>.</summary>
/// <param name="Id">Used once.</param>
/// <param name="BegunAt">When.</param>
internal sealed record ProviderIntent(string Id, DateTimeOffset BegunAt)
{
    /// <summary>How long the person may take there.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Where to go on to: a path of this hub.</summary>
    public required string Next { get; init; }

    /// <summary>The person must prove itself anew there.</summary>
    public required bool IsFresh { get; init; }

    /// <summary>The one-time link that it uses up, or null.</summary>
    public string? Invitation { get; init; }

    /// <summary>The browser's session, which the new one replaces. On the way back its cookie is not sent, because another site leads there.</summary>
    public Guid? Session { get; init; }

    public AuthenticationProperties Seal() => new(new Dictionary<string, string?>
    {
        ["id"] = Id, ["begun"] = BegunAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), ["next"] = Next,
        ["fresh"] = IsFresh ? "yes" : null, ["invitation"] = Invitation, ["session"] = Session?.ToString(),
    }.Where(i => i.Value is not null).ToDictionary());

    /// <summary>Only the hub could seal it.</summary>
    public static ProviderIntent Open(AuthenticationProperties sealedAs) =>
        new(sealedAs.Items["id"]!, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(sealedAs.Items["begun"]!, CultureInfo.InvariantCulture)))
        {
            Next = sealedAs.Items["next"]!, IsFresh = sealedAs.Items.ContainsKey("fresh"), Invitation = sealedAs.Items.TryGetValue("invitation", out var i) ? i : null,
            Session = sealedAs.Items.TryGetValue("session", out var s) ? Guid.Parse(s!) : null,
        };
}
