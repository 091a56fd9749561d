using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Liaison.Matching;

/// <summary>
/// A normalised number as the index compares it: 1 to 32 characters, each A–Z or 0–9. Separators, spaces and case are the caller's
/// affair; what they mean differs from one kind of thing to the next.
/// </summary>
/// <remarks>Immutable. The default value is no key: it equals nothing in any index.</remarks>
public readonly record struct NumberKey
{
    /// <summary>The most characters a key has. The longest document numbers in use have 20; serials of firearms stay below 30.</summary>
    public const int MaxLength = 32;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly string? text;

    private NumberKey(string text) => this.text = text;

    /// <summary>The characters; empty only for the default value.</summary>
    public string Text => text ?? "";

    /// <summary>The count of characters, 0 only for the default value.</summary>
    public int Length => Text.Length;

    /// <summary>False, with the default <paramref name="key"/>, when the text is empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NumberKey key)
    {
        var good = text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Alphabet);
        key = good ? new NumberKey(text!) : default;
        return good;
    }

    /// <summary>Only the length: a record that holds a key may end in a log line, its number must not.</summary>
    public override string ToString() => $"number of {Length} characters";
}
