namespace Liaison.TravelDocuments.SearchMany;

/// <summary>
/// A line of the common form, <c>{"number":"X","issuer":"FRA"}</c> with or without <c>kind</c> and <c>ref</c>, read in place. Whatever is
/// unusual is not read here but by the parser of single searches, which alone says what is wrong with it.
/// </summary>
internal readonly ref struct PlainLine
{
    private const int LongestRef = 100;

    private PlainLine(ReadOnlySpan<byte> number, ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> reference)
    {
        Number = number;
        Issuer = issuer;
        Kind = kind;
        Ref = reference;
    }

    public ReadOnlySpan<byte> Number { get; }

    public ReadOnlySpan<byte> Issuer { get; }

    /// <summary>Empty when not given.</summary>
    public ReadOnlySpan<byte> Kind { get; }

    /// <summary>Empty when not given; printable ASCII without quotes, so that it can be sent back as it is.</summary>
    public ReadOnlySpan<byte> Ref { get; }

    public static bool TryRead(ReadOnlySpan<byte> line, out PlainLine plain)
    {
        plain = default;
        ReadOnlySpan<byte> number = default, issuer = default, kind = default, reference = default;
        if (line.IsEmpty || line[0] != '{') return false;
        line = line[1..];
        while (true)
        {
            line = WithoutSpace(line);
            ref var value = ref kind;
            if (line.StartsWith("\"number\":"u8))
            {
                value = ref number;
                line = line[9..];
            }
            else if (line.StartsWith("\"issuer\":"u8))
            {
                value = ref issuer;
                line = line[9..];
            }
            else if (line.StartsWith("\"ref\":"u8))
            {
                value = ref reference;
                line = line[6..];
            }
            else if (line.StartsWith("\"kind\":"u8)) line = line[7..];
            else return false;

            line = WithoutSpace(line);
            if (line.IsEmpty || line[0] != '"') return false;
            line = line[1..];
            var close = line.IndexOf((byte)'"');
            // Given twice, or given as nothing: the parser has its word for either.
            if (close <= 0 || !value.IsEmpty || close + 1 == line.Length) return false;
            value = line[..close];
            var next = line[close + 1];
            line = line[(close + 2)..];
            if (next == '}') break;
            if (next != ',') return false;
        }

        if (!line.IsEmpty || number.IsEmpty || issuer.IsEmpty || !IsPlain(reference)) return false;
        plain = new(number, issuer, kind, reference);
        return true;
    }

    private static ReadOnlySpan<byte> WithoutSpace(ReadOnlySpan<byte> line) => !line.IsEmpty && line[0] == ' ' ? line[1..] : line;

    private static bool IsPlain(ReadOnlySpan<byte> text) =>
        text.Length <= LongestRef && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !text.Contains((byte)'\\');
}
