namespace Liaison.Platform.Codes;

/// <summary>How fast an owner is to answer a hit. What each means in time is the operator's to say.</summary>
public static class Priorities
{
    public const string Immediate = "immediate", Urgent = "urgent", Routine = "routine", Low = "low";

    /// <summary>Fastest first.</summary>
    public static IReadOnlyList<string> All { get; } = [Immediate, Urgent, Routine, Low];

    public static string AsSentence => "immediate, urgent, routine or low";

    public static bool IsOne(string code) => All.Contains(code);
}
