using System.Text.Json;

namespace Liaison.Api.Members;

/// <summary>Somebody or something that acts for a member.</summary>
public sealed record Account
{
    /// <summary>User name of a person, client id of a system, and the name in the audit. Never given twice.</summary>
    public required string Name { get; init; }

    public required string Member { get; init; }
    public string? Unit { get; init; }

    /// <summary><c>person</c> or <c>system</c>.</summary>
    public required string Kind { get; init; }

    public required string Title { get; init; }
    public required IReadOnlyList<string> Permissions { get; init; }
    public string? DefaultPurpose { get; init; }

    /// <summary><c>invited</c>, <c>active</c>, <c>suspended</c> or <c>ended</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>Code of the provider that a person is bound to.</summary>
    public string? Provider { get; init; }

    /// <summary>In the answer that opens a person's account or renews its link, and only there: where the person sets up how to sign in. Works once.</summary>
    public string? Invitation { get; init; }
}

public sealed record AccountList(IReadOnlyList<Account> Items);

/// <summary>Opens an account, or changes what one may do.</summary>
public sealed record AccountRequest
{
    public string? Name { get; init; }

    /// <summary>The caller's own when absent; only the secretariat names another.</summary>
    public string? Member { get; init; }

    public string? Unit { get; init; }
    public string? Kind { get; init; }
    public string? Title { get; init; }
    public IReadOnlyList<string>? Permissions { get; init; }
    public string? DefaultPurpose { get; init; }
}

/// <summary>Suspends, restores or ends an account.</summary>
public sealed record AccountStateRequest
{
    public string? Name { get; init; }

    /// <summary><c>active</c>, <c>suspended</c> or <c>ended</c>; what has ended stays so.</summary>
    public string? State { get; init; }

    public string? Why { get; init; }
}

/// <summary>Asks for a new one-time link for a person.</summary>
public sealed record InvitationRequest
{
    public string? Name { get; init; }
}

/// <summary>How a system account proves who it is (RFC 7523, RFC 8705).</summary>
public sealed record AccountKeysRequest
{
    public string? Name { get; init; }

    /// <summary>JSON Web Key Set (RFC 7517) of public keys; with <c>x5c</c> for a certificate. Absent takes the keys away.</summary>
    public JsonElement? Keys { get; init; }
}

/// <summary>May an account do this, and if not, why?</summary>
/// <param name="Account">Asked about.</param>
/// <param name="Permission">Code.</param>
/// <param name="Purpose">Code, or absent for any.</param>
/// <param name="Allowed">The decision now.</param>
/// <param name="Rule">What refuses.</param>
/// <param name="Reason">In words, with what to do.</param>
public sealed record AccessExplanation(string Account, string Permission, string? Purpose, bool Allowed, string? Rule, string? Reason);
