using Liaison.Kernel.Parsing;

namespace Liaison.Hits.Acts;

/// <summary>What is checked of every body here.</summary>
internal static class HitBodies
{
    private const int LongestNote = 500;

    /// <summary>Null when the note is sound. It is for the desk of another member, and a place where names are written if nobody says that they are not.</summary>
    public static FieldProblem? CheckNote(string? note) => note is not null && (note.Length > LongestNote || note.Any(char.IsControl))
        ? new("note", "textTooLong", $"At most {LongestNote} characters on one line.")
        : null;

    public static FieldProblem? CheckCode(string field, string? code, IReadOnlyList<string> known) =>
        code is not null && known.Contains(code) ? null : new(field, "code", $"Give one of {string.Join(", ", known)}.");
}
