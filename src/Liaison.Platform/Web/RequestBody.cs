using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Liaison.Api;
using Liaison.Kernel.Parsing;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>A request body that was read: its bytes (for the digest of an idempotent write) and its value; or the problem to answer.</summary>
public readonly record struct ReadBody<T>(byte[] Bytes, T? Value, Problem? Problem)
    where T : class;

/// <summary>Reads JSON bodies within limits. Foreign bytes: never an exception for content, and the first fault is named with its place.</summary>
public static class RequestBody
{
    /// <summary>Enough for every single record or question by an order of magnitude.</summary>
    public const int JsonLimit = 64 * 1024;

    private static ReadOnlySpan<byte> Utf8Mark => "\uFEFF"u8;

    /// <param name="http">The request.</param>
    /// <param name="type">What the body is to be.</param>
    /// <param name="explainUnknown">May turn the name of an unknown member into a clearer problem than "unknown".</param>
    public static async ValueTask<ReadBody<T>> ReadAsync<T>(
        HttpContext http, JsonTypeInfo<T> type, Func<string, FieldProblem?>? explainUnknown = null)
        where T : class
    {
        // The usual spelling is taken without a parse.
        if (http.Request.ContentType is not "application/json" && !http.Request.HasJsonContentType())
            return Refused<T>(PlatformProblems.UnsupportedMediaType.With("Send application/json in UTF-8."));
        var (bytes, tooLarge) = await ReadBytesAsync(http, JsonLimit);
        if (tooLarge)
            return Refused<T>(PlatformProblems.BodyTooLarge.With($"At most {JsonLimit} bytes. Many records go through the import."));
        if (bytes.Length == 0)
            return Refused<T>(PlatformProblems.MalformedBody.With("The body is empty; a JSON object is needed."));
        return Parse(bytes, type, explainUnknown);
    }

    /// <summary>Reads at most <paramref name="limit"/> bytes into memory; more is not read.</summary>
    public static async ValueTask<(byte[] Bytes, bool TooLarge)> ReadBytesAsync(HttpContext http, int limit)
    {
        if (http.Request.ContentLength > limit) return ([], true);
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            var tooLarge = read.Buffer.Length > limit;
            var bytes = read.IsCompleted && !tooLarge ? read.Buffer.ToArray() : [];
            // A read that is not given back leaves the connection unusable for the next request.
            http.Request.BodyReader.AdvanceTo(read.IsCompleted || tooLarge ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (tooLarge || read.IsCompleted) return (bytes, tooLarge);
        }
    }

    /// <summary>Reads one JSON object that is already in memory, as a line of an import.</summary>
    public static ReadBody<T> Parse<T>(byte[] bytes, JsonTypeInfo<T> type, Func<string, FieldProblem?>? explainUnknown)
        where T : class
    {
        if (bytes.AsSpan().StartsWith(Utf8Mark)) bytes = bytes[Utf8Mark.Length..];
        if (!Utf8.IsValid(bytes)) return Refused<T>(PlatformProblems.MalformedBody.With("Not valid UTF-8. Send JSON in UTF-8."));
        try
        {
            // The serializer refuses unknown members itself, so that they need a look of their own only when it refused, or when some of
            // them have an explanation that goes before everything else.
            var value = explainUnknown is null ? Deserialize(bytes, type) : null;
            if (value is null)
            {
                var unknown = FindUnknown(bytes, type, explainUnknown);
                if (unknown.Count > 0)
                    return Refused<T>(PlatformProblems.InvalidRequest.With(unknown[0].Message, [.. unknown.Select(FieldFault.Of)]));
                value = JsonSerializer.Deserialize(bytes, type);
            }

            return value is not null ? new(bytes, value, null)
                : Refused<T>(PlatformProblems.MalformedBody.With("A JSON object is needed, not null."));
        }
        catch (InvalidOperationException)
        {
            // A name or text that is no Unicode, as half of a surrogate pair.
            return Refused<T>(PlatformProblems.MalformedBody.With("A name or text holds half of a surrogate pair. Send whole characters."));
        }
        catch (JsonException malformed)
        {
            return Refused<T>(PlatformProblems.MalformedBody.With(Explain(malformed), Fault(malformed)));
        }
    }

    private static T? Deserialize<T>(byte[] bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Names every unknown member at once, where the serializer would stop at the first.</summary>
    private static List<FieldProblem> FindUnknown<T>(byte[] bytes, JsonTypeInfo<T> type, Func<string, FieldProblem?>? explain)
    {
        var unknown = new List<FieldProblem>();
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 8 });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            var known = reader.CurrentDepth > 1;
            foreach (var property in type.Properties) known |= reader.ValueTextEquals(property.Name);
            var isTop = reader.CurrentDepth == 1;
            if (isTop && known) continue;
            var name = reader.GetString() ?? "";
            if (name.Length > 64) name = name[..64] + "…";
            // Inside a member only what has its own explanation is told here; the serializer refuses the rest.
            if (explain?.Invoke(name) is { } explained) unknown.Add(explained);
            else if (isTop) unknown.Add(new(name, "unknownField", "There is no such field; see the API reference."));
            if (unknown.Count == 20) break;
        }

        return unknown;
    }

    /// <summary>The serializer's own message may repeat content, so only the place is taken from it.</summary>
    private static string Explain(JsonException malformed) =>
        malformed.Path is { Length: > 2 }
            ? $"The value of {malformed.Path[2..]} has the wrong JSON type or is given twice."
            : $"Not well-formed JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}.";

    private static FieldFault[] Fault(JsonException malformed) =>
        malformed.Path is { Length: > 2 } ? [new(malformed.Path[2..], "wrongType", "See the API reference for the type of this field.")] : [];

    private static ReadBody<T> Refused<T>(Problem problem)
        where T : class =>
        new([], null, problem);
}
