using System.Text;

namespace Liaison.Cli.Commands;

/// <summary>
/// Cuts text into zones at blank lines; a line that holds only white space is blank. Line ends may be LF, CR LF or CR, as readers send
/// them.
/// </summary>
internal static class ZoneReader
{
    /// <summary>
    /// What is kept of a zone: more than the parser takes (300 characters), so that an endless line is refused there as too long instead
    /// of filling the memory here.
    /// </summary>
    internal const int Kept = 512;

    /// <summary>The zones in order, each without its last line end. Reads on only when the next zone is asked for.</summary>
    public static IEnumerable<string> Read(TextReader reader)
    {
        var zone = new StringBuilder();
        while (true)
        {
            var before = zone.Length;
            var (inked, ended) = ReadLine(reader, zone);
            if (inked && zone.Length < Kept) zone.Append('\n');
            if (!inked) zone.Length = before;
            if ((!inked || ended) && zone.Length > 0)
            {
                yield return zone.ToString().TrimEnd('\n');
                zone.Clear();
            }

            if (ended) yield break;
        }
    }

    /// <returns>Whether the line held anything but white space, and whether the text ended with it.</returns>
    private static (bool Inked, bool Ended) ReadLine(TextReader reader, StringBuilder zone)
    {
        var inked = false;
        while (true)
        {
            var next = reader.Read();
            if (next < 0) return (inked, true);
            var c = (char)next;
            if (c is '\r' or '\n')
            {
                if (c == '\r' && reader.Peek() == '\n') reader.Read();
                return (inked, false);
            }

            inked |= !char.IsWhiteSpace(c);
            if (zone.Length < Kept) zone.Append(c);
        }
    }
}
