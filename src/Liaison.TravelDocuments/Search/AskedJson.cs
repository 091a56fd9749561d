using System.Buffers;
using System.Text;
using System.Text.Json;
using Liaison.Kernel.Mrz;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>A question as it stands in the audit: enough to repeat it, and nothing nominal.</summary>
internal static class AskedJson
{
    public static string Of(SearchQuestion question)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("number", question.Number.Key.Text);
            if (question.Repaired is { } repaired) json.WriteString("repaired", repaired.Key.Text);
            if (question.Issuer is { } issuer) json.WriteString("issuer", issuer);
            WriteList(json, "lookAlikeIssuers", question.LookAlikeIssuers);
            WriteList(json, "kinds", question.Kinds);
            if (question.Near) json.WriteBoolean("near", true);
            if (question.Mrz is { } mrz)
            {
                json.WriteString("format", mrz.Format.WireName());
                json.WriteStartObject("checks");
                foreach (var (field, verdict) in MrzAnswer.Checks(mrz.Checks)) json.WriteString(field, verdict);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
