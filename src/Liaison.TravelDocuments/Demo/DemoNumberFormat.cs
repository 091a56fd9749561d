namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// How the numbers of one kind of one issuer look. In <see cref="Pattern"/> <c>9</c> is a digit, <c>A</c> a letter, <c>x</c> a digit or a
/// consonant that is not taken for a vowel or a digit (the alphabet of German documents); every other character stands for itself.
/// Believable, not official.
/// </summary>
/// <param name="Weight">Share of this format among all documents, in relation to the sum of all weights.</param>
internal sealed record DemoNumberFormat(string Issuer, string Kind, string Pattern, int Weight)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Careful = "CFGHJKLMNPRTVWXYZ0123456789";

    /// <summary>Digits at the end of every number: what a blank range can count through.</summary>
    public int Counter { get; } = Pattern.Length - Pattern.TrimEnd('9').Length;

    public string Draw(SplitMix64 random) => string.Create(Pattern.Length, (Pattern, random), static (number, from) =>
    {
        for (var i = 0; i < number.Length; i++)
        {
            var choices = Choices(from.Pattern[i]);
            number[i] = choices.Length == 0 ? from.Pattern[i] : choices[from.random.Below(choices.Length)];
        }
    });

    public bool Fits(string number)
    {
        if (number.Length != Pattern.Length) return false;
        for (var i = 0; i < number.Length; i++)
        {
            var choices = Choices(Pattern[i]);
            if (choices.Length == 0 ? number[i] != Pattern[i] : !choices.Contains(number[i], StringComparison.Ordinal)) return false;
        }

        return true;
    }

    private static string Choices(char symbol) => symbol switch
    {
        '9' => Digits,
        'A' => Letters,
        'x' => Careful,
        _ => "",
    };
}
