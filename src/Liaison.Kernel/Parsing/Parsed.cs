using System.Diagnostics.CodeAnalysis;

namespace Liaison.Kernel.Parsing;

/// <summary>
/// The outcome of reading foreign input: a value, or every problem found in it. Bad input is an expected outcome and so a value,
/// never an exception.
/// </summary>
/// <remarks>Immutable. Either <see cref="Value"/> is set and <see cref="Problems"/> is empty, or the other way round.</remarks>
public readonly struct Parsed<T>
    where T : notnull
{
    private readonly FieldProblem[]? problems;

    private Parsed(T? value, FieldProblem[]? problems)
    {
        Value = value;
        this.problems = problems;
    }

    /// <summary>The value; the default of <typeparamref name="T"/> when there are problems.</summary>
    public T? Value { get; }

    /// <summary>What is wrong, in the order of the fields; empty when the input was good.</summary>
    public IReadOnlyList<FieldProblem> Problems => problems ?? [];

    /// <summary>True when the input was good; <paramref name="value"/> is then the value.</summary>
    public bool Is([NotNullWhen(true)] out T? value)
    {
        value = Value;
        return problems is null && value is not null;
    }

    /// <summary>As <see cref="Is(out T)"/>, with what is wrong when it is false.</summary>
    public bool Is([NotNullWhen(true)] out T? value, out IReadOnlyList<FieldProblem> faults)
    {
        faults = Problems;
        return Is(out value);
    }

    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(FieldProblem problem) => new(default, [problem]);

    /// <summary>A failed parse with every problem found.</summary>
    /// <exception cref="ArgumentException"><paramref name="problems"/> is empty: a failure has a reason.</exception>
    public static Parsed<T> Failed(IReadOnlyCollection<FieldProblem> problems) =>
        problems.Count > 0 ? new(default, [.. problems]) : throw new ArgumentException("A failure needs a problem.", nameof(problems));
}
