namespace Liaison.Platform.Access;

/// <summary>How much of a record somebody may be told, from nothing to everything.</summary>
public enum Sight
{
    /// <summary>Every answer is the one that would be given had the record never been made.</summary>
    Nothing,

    /// <summary>For carriers: which desk to ask, and only when the record is a hit.</summary>
    Referral,

    /// <summary>That there is a match, and whom to ask.</summary>
    Sealed,

    /// <summary>The record.</summary>
    Full,
}
