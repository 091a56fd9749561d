namespace Liaison.Platform.Access;

/// <summary>What kind of organisation a member is. It decides how much of an answer it may get at all.</summary>
public enum MemberKind
{
    /// <summary>A country, through its National Central Bureau.</summary>
    Country,

    /// <summary>An international partner, as Europol or a body of the United Nations.</summary>
    Partner,

    /// <summary>The secretariat that runs the hub.</summary>
    Secretariat,

    /// <summary>A private partner, as an airline: it is told where to ask, never what is recorded.</summary>
    Carrier,
}
