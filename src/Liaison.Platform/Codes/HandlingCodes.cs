using System.Diagnostics.CodeAnalysis;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Codes;

/// <summary>How what a member shares may be used: the handling codes of European police exchange, H0 to H3 (<c>data/handling-codes.csv</c>).</summary>
/// <remarks>Immutable, thread-safe. Stored as <c>H1 H3</c>, with the text on the lines after it.</remarks>
public sealed record HandlingCodes
{
    /// <summary>No restriction beyond the purpose and the law.</summary>
    private const string Free = "H0";

    /// <summary>Not passed on without permission of the owner.</summary>
    private const string NotPassedOn = "H2";

    /// <summary>Another restriction, in words.</summary>
    private const string Other = "H3";

    private const int LongestText = 500;

    private readonly string[] codes;

    private HandlingCodes(IEnumerable<string> codes, string? text)
    {
        this.codes = [.. codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Text = text;
    }

    public static CodeList List { get; } = CodeList.Embedded(typeof(HandlingCodes).Assembly, "handling-codes");

    /// <summary>What holds where nothing is said: H0.</summary>
    public static HandlingCodes None { get; } = new([Free], null);

    /// <summary>Sorted, at least one.</summary>
    public IReadOnlyList<string> Codes => codes;

    public string? Text { get; }

    /// <summary>True when it may not be passed on without asking.</summary>
    public bool AsksOwner => codes.Contains(NotPassedOn);

    /// <summary>Null when codes and text are sound together.</summary>
    /// <param name="codes">As sent.</param>
    /// <param name="text">As sent.</param>
    /// <param name="field">Of the request, for the problem.</param>
    /// <param name="handling">What they mean.</param>
    public static FieldProblem? Parse(IReadOnlyList<string>? codes, string? text, string field, out HandlingCodes handling)
    {
        handling = None;
        if (codes is null or { Count: 0 }) return new(field + ".codes", "handlingRequired", $"Give some of {List.AsSentence}.");
        if (codes.FirstOrDefault(code => !List.Has(code)) is not null)
            return new(field + ".codes", "handlingUnknown", $"Not a handling code. Use {List.AsSentence}.");
        var isFree = codes.Contains(Free);
        if (isFree && codes.Any(code => code != Free))
            return new(field + ".codes", "handlingFreeAlone", "H0 says that there is no restriction: give it alone, or leave it out.");
        text = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        if (text is null && codes.Contains(Other)) return new(field + ".text", "handlingTextRequired", $"Say in 1 to {LongestText} characters what H3 restricts.");
        if (text is not null && isFree) return new(field + ".text", "handlingTextWithoutCode", "A text goes with H1, H2 or H3.");
        if (text?.Length > LongestText) return new(field + ".text", "textTooLong", $"At most {LongestText} characters.");
        if (text?.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) is true) return new(field + ".text", "textCharacters", "No control characters.");
        handling = new(codes, text);
        return null;
    }

    /// <exception cref="InvalidDataException">The text is none that <see cref="ToString"/> wrote.</exception>
    [return: NotNullIfNotNull(nameof(stored))]
    public static HandlingCodes? Read(string? stored)
    {
        if (stored is null) return null;
        var end = stored.IndexOf('\n', StringComparison.Ordinal);
        var codes = (end < 0 ? stored : stored[..end]).Split(' ');
        return codes.All(List.Has)
            ? new HandlingCodes(codes, end < 0 ? null : stored[(end + 1)..])
            : throw new InvalidDataException("Stored handling codes are malformed.");
    }

    public bool Equals(HandlingCodes? other) => other is not null && Text == other.Text && codes.AsSpan().SequenceEqual(other.codes);

    public override int GetHashCode() => HashCode.Combine(codes.Length, codes[0], Text);

    /// <summary>As it is stored.</summary>
    public override string ToString() => string.Join(' ', codes) + (Text is null ? "" : "\n" + Text);
}
