namespace Liaison.Api.Members;

/// <summary>A country, an international partner, the secretariat or a carrier.</summary>
public sealed record Member
{
    /// <summary>Stable: <c>FRA</c> (ISO 3166-1 alpha-3, as in ICAO Doc 9303), <c>EUROPOL</c>, <c>UTOPIA-AIR</c>.</summary>
    public required string Code { get; init; }

    /// <summary><c>country</c>, <c>partner</c>, <c>secretariat</c> or <c>carrier</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Codes of the groups it belongs to, as <c>@EU</c>.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    public required DateTimeOffset AdmittedAt { get; init; }

    /// <summary>Since when none of its accounts may act; absent when they may.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>Where it is reached.</summary>
    public required IReadOnlyList<Desk> Desks { get; init; }
}

public sealed record MemberList(IReadOnlyList<Member> Items);

/// <summary>Admits a member.</summary>
public sealed record MemberRequest
{
    public string? Code { get; init; }
    public string? Kind { get; init; }
    public string? Name { get; init; }
}

/// <summary>Ends or restores what a member's accounts may do.</summary>
public sealed record MemberStateRequest
{
    public string? Code { get; init; }

    /// <summary><c>suspended</c> or <c>active</c>.</summary>
    public string? State { get; init; }

    /// <summary>In words, for the audit.</summary>
    public string? Why { get; init; }
}

/// <summary>Where a member is reached.</summary>
public sealed record Desk
{
    /// <summary><c>routine</c> or <c>urgent</c>: one of each.</summary>
    public string? Urgency { get; init; }

    public string? Name { get; init; }

    /// <summary>Telephone, address or channel, as one line.</summary>
    public string? Contact { get; init; }

    /// <summary>ISO 639 codes of the languages spoken there, as <c>fr</c>.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>IANA time zone, as <c>Europe/Paris</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary><c>24/7</c>, or days and times as <c>Mon-Fri 08:00-18:00, Sat 09:00-13:00</c>. Clocks of hits that can wait run in these hours.</summary>
    public string? Hours { get; init; }

    /// <summary>Days on which nobody is there, as <c>2026-12-25</c>; at most 100.</summary>
    public IReadOnlyList<string>? Holidays { get; init; }

    /// <summary>Whom to call outside the hours, as one line.</summary>
    public string? OnCall { get; init; }
}
