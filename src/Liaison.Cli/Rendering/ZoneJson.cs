using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Liaison.Kernel.Mrz;
using Liaison.Kernel.Parsing;

namespace Liaison.Cli.Rendering;

/// <summary>
/// A zone as one line of JSON. The same members whatever the zone, so that a program may read them unseen; where no format fits,
/// <c>format</c> is null and <c>problem</c> says why.
/// </summary>
internal static class ZoneJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The output is no web page: < is the most frequent character of a zone and stays legible.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly MrzChecks NoChecks =
        new(CheckVerdict.Absent, CheckVerdict.Absent, CheckVerdict.Absent, CheckVerdict.Absent, CheckVerdict.Absent);

    public static string Of(Parsed<MrzZone> parsed)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (parsed.Is(out var zone)) WriteZone(zone, json);
            else WriteProblem(parsed.Problems[0], json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteProblem(FieldProblem problem, Utf8JsonWriter json)
    {
        json.WriteNull("format");
        json.WriteStartObject("problem");
        json.WriteString("code", problem.Code);
        json.WriteString("message", problem.Message);
        json.WriteEndObject();
        WriteChecks(NoChecks, json);
        json.WriteStartObject("fields");
        json.WriteEndObject();
        json.WriteStartArray("repaired");
        json.WriteEndArray();
    }

    private static void WriteZone(MrzZone zone, Utf8JsonWriter json)
    {
        json.WriteString("format", zone.Document.Format.WireName());
        WriteChecks(zone.Document.Checks, json);
        if (zone.Document.Reading is { } reading) json.WriteString("reading", reading.WireName());
        json.WriteStartObject("fields");
        foreach (var field in zone.Fields) json.WriteString(field.Name, field.Value);
        json.WriteEndObject();
        WriteCandidates(zone, json);
        json.WriteStartArray("repaired");
        foreach (var repair in zone.Repairs)
        {
            json.WriteStartObject();
            json.WriteString("field", repair.Field);
            json.WriteNumber("line", repair.Line);
            json.WriteNumber("column", repair.Column);
            json.WriteString("printed", repair.Printed.ToString());
            json.WriteString("read", repair.Read.ToString());
            json.WriteString("why", repair.Why);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("namesPossiblyTruncated", zone.NamesPossiblyTruncated);
        json.WriteStartArray("remarks");
        foreach (var remark in zone.Remarks)
        {
            json.WriteStartObject();
            json.WriteString("field", remark.Field);
            json.WriteString("code", remark.Code);
            json.WriteString("message", remark.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Readings that fit equally well, where none could be chosen.</summary>
    private static void WriteCandidates(MrzZone zone, Utf8JsonWriter json)
    {
        json.WriteStartObject("candidates");
        foreach (var field in zone.Fields)
        {
            if (field.Candidates.Count == 0) continue;
            json.WriteStartArray(field.Name);
            foreach (var candidate in field.Candidates) json.WriteStringValue(candidate);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteChecks(MrzChecks checks, Utf8JsonWriter json)
    {
        json.WriteStartObject("checks");
        json.WriteString("documentNumber", checks.DocumentNumber.WireName());
        json.WriteString("birthDate", checks.BirthDate.WireName());
        json.WriteString("expiryDate", checks.ExpiryDate.WireName());
        json.WriteString("personalNumber", checks.PersonalNumber.WireName());
        json.WriteString("composite", checks.Composite.WireName());
        json.WriteEndObject();
    }
}
