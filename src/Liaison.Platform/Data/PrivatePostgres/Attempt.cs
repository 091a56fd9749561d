using System.Diagnostics.CodeAnalysis;

namespace Liaison.Platform.Data.PrivatePostgres;

/// <summary>One line for a person: what is wrong with the machine and what to do.</summary>
internal sealed record Trouble(string Line)
{
    // The order matters: a full disk is the reason whatever a program makes of it.
    private static readonly string[] Marks = ["No space left on device", "PANIC:", "FATAL:", "error:"];

    /// <summary>The line that says what is wrong: PostgreSQL's programs print progress, the reason and advice.</summary>
    public static string ReasonIn(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var mark in Marks)
        {
            if (lines.FirstOrDefault(line => line.Contains(mark, StringComparison.Ordinal)) is not { } line) continue;
            var at = mark.EndsWith(':') ? line.IndexOf(mark, StringComparison.Ordinal) + mark.Length : 0;
            return line[at..].Trim();
        }

        return lines.LastOrDefault() ?? "no reason given";
    }
}

/// <summary>A value, or the trouble that prevented it.</summary>
internal readonly record struct Attempt<T>
    where T : class
{
    private readonly T? value;
    private readonly Trouble? trouble;

    private Attempt(T? value, Trouble? trouble)
    {
        this.value = value;
        this.trouble = trouble;
    }

    public static implicit operator Attempt<T>(T value) => new(value, null);

    public static implicit operator Attempt<T>(Trouble trouble) => new(null, trouble);

    /// <summary>True with the value; false with the trouble.</summary>
    public bool Is([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Trouble? trouble)
    {
        value = this.value;
        trouble = this.trouble;
        return value is not null;
    }
}
