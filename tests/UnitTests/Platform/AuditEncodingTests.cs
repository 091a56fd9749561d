using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Liaison.Platform.Audit;

namespace UnitTests.Platform;

/// <summary>The example of docs/spec/audit-entry.md against the code: neither may move without the other.</summary>
public sealed class AuditEncodingTests
{
    private static readonly Lazy<string[]> Blocks = new(() => CodeBlocks(File.ReadAllText(Specification())));

    [Fact]
    public void The_bytes_of_the_specification_are_the_bytes_of_the_code() =>
        Assert.Equal(Hex(Blocks.Value[^2]), Convert.ToHexStringLower(AuditEncoding.Encode(Example())));

    [Fact]
    public void The_leaf_of_the_specification_is_the_leaf_of_the_code() =>
        Assert.Equal(Hex(Blocks.Value[^1]), Convert.ToHexStringLower(AuditEncoding.Leaf(Example())));

    [Fact]
    public void Every_column_but_batch_and_salt_changes_the_bytes()
    {
        var example = Example();
        AuditEntry[] others =
        [
            example with { Id = Guid.Empty }, example with { At = example.At.AddMicroseconds(1) }, example with { Event = "e" },
            example with { Outcome = "o" }, example with { Member = "m" }, example with { Account = "a" }, example with { Purpose = null },
            example with { Reference = null }, example with { OnBehalfOf = null }, example with { Place = "" },
            example with { OccurredAt = example.At }, example with { Subject = null }, example with { Asked = "{}" }, example with { Records = [] },
        ];
        var bytes = others.Append(example).Select(e => Convert.ToHexString(AuditEncoding.Encode(e))).ToArray();
        Assert.Distinct(bytes);
        Assert.Equal(AuditEncoding.Encode(example), AuditEncoding.Encode(example with { Salt = new byte[16] }));
        Assert.NotEqual(AuditEncoding.Leaf(example), AuditEncoding.Leaf(example with { Salt = new byte[16] }));
    }

    private static AuditEntry Example()
    {
        var row = JsonDocument.Parse(Blocks.Value[^3]).RootElement;
        return new()
        {
            Id = row.GetProperty("id").GetGuid(),
            At = row.GetProperty("at").GetDateTimeOffset(),
            Event = Text("event")!,
            Outcome = Text("outcome")!,
            Member = Text("member")!,
            Account = Text("account")!,
            Purpose = Text("purpose"),
            Reference = Text("reference"),
            OnBehalfOf = Text("on_behalf_of"),
            Place = Text("place"),
            OccurredAt = Text("occurred_at") is { } moment ? DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture) : null,
            Subject = Text("subject"),
            Asked = Text("asked")!,
            Records = [.. row.GetProperty("records").EnumerateArray().Select(id => id.GetGuid())],
            Salt = Convert.FromHexString(Text("salt")!),
        };

        string? Text(string column) => row.GetProperty(column).GetString();
    }

    /// <summary>The digits of a block; what stands behind a semicolon is explanation.</summary>
    private static string Hex(string block) =>
        string.Concat(block.Split('\n').Select(line => line.Split(';')[0].Replace(" ", "", StringComparison.Ordinal)));

    /// <summary>In the order of the page; the last are row, bytes, leaf.</summary>
    private static string[] CodeBlocks(string page) =>
        [.. page.ReplaceLineEndings("\n").Split("\n```").Where((_, i) => i % 2 == 1).Select(block => block[(block.IndexOf('\n') + 1)..])];

    private static string Specification([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/spec/audit-entry.md"));
}
