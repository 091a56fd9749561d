using System.Text;
using Liaison.Matching;
using Liaison.TravelDocuments.Domain;

namespace Fuzz.Targets;

internal static class NumberTarget
{
    /// <summary>
    /// Any text as a document number: a key that is parsed to itself, or one problem with the field at fault; never an exception.
    /// </summary>
    [FuzzTarget("number")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        Check(Encoding.UTF8.GetString(data));
        Check(Encoding.Latin1.GetString(data));
    }

    private static void Check(string text)
    {
        var parsed = DocumentNumber.Parse(text, "number");
        if (!parsed.Is(out var number))
        {
            var problem = Assert.Single(parsed.Problems);
            Assert.Equal("number", problem.Field);
            Assert.Contains(problem.Code, new[] { "numberCharacters", "numberRequired", "numberTooLong" });
            // What was refused is never repeated: problem texts may be shown and logged.
            if (text.Length > 12) Assert.DoesNotContain(text, problem.Message, StringComparison.Ordinal);
            return;
        }

        Assert.InRange(number.Key.Length, 1, NumberKey.MaxLength);
        Assert.Equal(text.Trim(), number.Written);
        Assert.True(NumberKey.TryParse(number.Key.Text, out var again) && again == number.Key);
        Assert.Equal(number.Key, DocumentNumber.Parse(number.Key.Text, "number").Value.Key);
        Assert.Equal(number.Key, DocumentNumber.Parse(number.Written, "number").Value.Key);
        Assert.DoesNotContain(number.Key.Text, number.Key.ToString(), StringComparison.Ordinal);
    }
}
