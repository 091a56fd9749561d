namespace Liaison.Api.Members;

/// <summary>A member's own OpenID Connect provider, by which its persons may sign in.</summary>
public sealed record Provider
{
    /// <summary>Random; stands in the addresses below.</summary>
    public required string Code { get; init; }

    public required string Member { get; init; }

    /// <summary>Exactly as the provider writes it.</summary>
    public required string Issuer { get; init; }

    /// <summary>The hub's name at the provider.</summary>
    public required string ClientId { get; init; }

    /// <summary>What people see.</summary>
    public required string Title { get; init; }

    /// <summary><c>privateKeyJwt</c> or <c>secret</c>.</summary>
    public required string Authentication { get; init; }

    /// <summary>How its id tokens may be signed.</summary>
    public required IReadOnlyList<string> Algorithms { get; init; }

    /// <summary>One of these must be the <c>acr</c> of an id token; empty for any or none.</summary>
    public required IReadOnlyList<string> Acr { get; init; }

    /// <summary>One of these must be among the <c>amr</c> of an id token; empty for any or none.</summary>
    public required IReadOnlyList<string> Amr { get; init; }

    /// <summary>Path where the member's persons begin.</summary>
    public required string SignIn { get; init; }

    /// <summary>Path of the redirect URI to register at the provider.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>Path of the hub's public key for this provider (RFC 7517).</summary>
    public required string Keys { get; init; }

    public required DateTimeOffset MadeAt { get; init; }
    public required string MadeBy { get; init; }

    /// <summary>Since when nobody signs in by it.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

public sealed record ProviderList(IReadOnlyList<Provider> Items);

/// <summary>Registers a provider.</summary>
public sealed record ProviderRequest
{
    /// <summary>The caller's own when absent; only the secretariat names another.</summary>
    public string? Member { get; init; }

    public string? Issuer { get; init; }
    public string? ClientId { get; init; }
    public string? Title { get; init; }

    /// <summary><c>privateKeyJwt</c> when absent.</summary>
    public string? Authentication { get; init; }

    /// <summary>All that the hub takes when absent.</summary>
    public IReadOnlyList<string>? Algorithms { get; init; }

    public IReadOnlyList<string>? Acr { get; init; }
    public IReadOnlyList<string>? Amr { get; init; }
}

/// <summary>Changes what a provider must say. Its issuer stays: another issuer is another provider.</summary>
public sealed record ProviderChange
{
    public string? Code { get; init; }
    public string? Title { get; init; }
    public IReadOnlyList<string>? Algorithms { get; init; }
    public IReadOnlyList<string>? Acr { get; init; }
    public IReadOnlyList<string>? Amr { get; init; }
}

/// <summary>Ends a provider, with all sessions that came by it and all bindings to it.</summary>
public sealed record ProviderEnd
{
    public string? Code { get; init; }
    public string? Why { get; init; }
}

/// <summary>Says who an account is at its member's provider.</summary>
public sealed record AccountProviderRequest
{
    public string? Name { get; init; }

    /// <summary>Code of the provider; absent together with <see cref="Subject"/> to take the binding away.</summary>
    public string? Provider { get; init; }

    /// <summary><c>sub</c> of the person there: case counts.</summary>
    public string? Subject { get; init; }
}
