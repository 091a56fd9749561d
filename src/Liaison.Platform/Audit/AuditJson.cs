using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Liaison.Platform.Audit;

/// <summary>A small JSON object for audit and outbox rows, built by a writer so that no value can break out of it.</summary>
public sealed record AuditJson
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json)? scratch;

    private AuditJson(string text) => Text = text;

    public static AuditJson Empty { get; } = new("{}");

    public string Text { get; }

    /// <summary>
    /// Members in the order given; a null value, and an empty list, is left out.
    /// Values are texts, numbers, booleans, ids, lists of texts, JSON that was read, or another such object.
    /// </summary>
    /// <exception cref="ArgumentException">A value of another type: a fault of the code.</exception>
    public static AuditJson Of(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var (bytes, json) = scratch ??= Scratch();
        bytes.ResetWrittenCount();
        // Also after a value of a wrong type left it in the middle of an object.
        json.Reset();
        json.WriteStartObject();
        foreach (var (name, value) in members) Write(json, name, value);
        json.WriteEndObject();
        json.Flush();
        return new(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) Scratch()
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        return (bytes, new Utf8JsonWriter(bytes));
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null or IReadOnlyCollection<string> { Count: 0 }:
                return;
            case string text:
                json.WriteString(name, text);
                return;
            case Guid id:
                json.WriteString(name, id);
                return;
            case bool truth:
                json.WriteBoolean(name, truth);
                return;
            case int number:
                json.WriteNumber(name, number);
                return;
            case long number:
                json.WriteNumber(name, number);
                return;
            case JsonElement element:
                json.WritePropertyName(name);
                element.WriteTo(json);
                return;
            case AuditJson inner:
                json.WritePropertyName(name);
                json.WriteRawValue(inner.Text);
                return;
            case IEnumerable<string> texts:
                json.WriteStartArray(name);
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
                return;
            default:
                throw new ArgumentException($"An audit value cannot be a {value.GetType().Name}.", nameof(value));
        }
    }
}
