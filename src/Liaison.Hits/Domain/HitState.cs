namespace Liaison.Hits.Domain;

/// <summary>How far a case is. The codes on the wire are these names in camel case.</summary>
internal enum HitState
{
    /// <summary>The owner was told.</summary>
    Open,

    /// <summary>Somebody at the owner's desk looks into it.</summary>
    Acknowledged,

    /// <summary>The owner stands by its record: it is the document that was met.</summary>
    Confirmed,

    /// <summary>The owner says that it is not, or that the record no longer holds.</summary>
    NotConfirmed,

    /// <summary>The record was ended; whoever acted on it must know.</summary>
    WithdrawnByOwner,

    /// <summary>The owner did not answer in time; the secretariat was told. The owner may still answer.</summary>
    Unanswered,

    /// <summary>Those who asked said what came of it. Of an asker it is its own, of the owner everybody's.</summary>
    Outcome,

    /// <summary>Over. Nothing brings it back.</summary>
    Closed,
}

/// <summary>What somebody does with a case.</summary>
internal enum HitAct
{
    Acknowledge,
    Confirm,
    Deny,
    Withdraw,
    Remind,

    /// <summary>The hub gives the owner up for now.</summary>
    Lapse,
    GiveOutcome,
    Close,
}

/// <summary>Who does it.</summary>
internal enum HitParty
{
    Owner,
    Asker,
    Secretariat,

    /// <summary>By the clock, or because a record ended.</summary>
    Hub,
}

/// <summary>What an asker is told of, from much to little.</summary>
internal enum HitKind
{
    Hit,
    Possible,

    /// <summary>Only that there is a match, and whose.</summary>
    Sealed,

    /// <summary>To a carrier: whom to ask.</summary>
    Referred,

    /// <summary>A hit that its search could not tell of: the record came later.</summary>
    Delayed,
}

/// <summary>With whom a case lies.</summary>
internal enum HitLevel
{
    Desk,
    DutyRoom,
    Secretariat,
}

/// <summary>The words of the wire and of the database.</summary>
internal static class HitCodes
{
    /// <summary>What came of a hit where it was met; <c>unknown</c> is also what the hub says when nobody said anything.</summary>
    public static IReadOnlyList<string> Outcomes { get; } =
    [
        "documentSeized", "personQuestioned", "personArrested", "entryRefused", "travellerContinued", "falseMatch", "unknown",
    ];

    public static string Code<T>(this T word)
        where T : struct, Enum
    {
        var name = word.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>Null when no word has the code.</summary>
    public static T? Read<T>(string? code)
        where T : struct, Enum
    {
        foreach (var word in Enum.GetValues<T>())
        {
            if (word.Code() == code) return word;
        }

        return null;
    }
}
