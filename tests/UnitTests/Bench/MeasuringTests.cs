using System.Text;
using System.Text.Json;
using Liaison.Bench;
using Liaison.Bench.Clients;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;

namespace UnitTests.Bench;

public sealed class MeasuringTests
{
    [Fact]
    public void Percentiles_are_within_one_percent_and_never_too_low()
    {
        var histogram = new Histogram();
        for (var i = 1; i <= 100_000; i++) histogram.Add(i * 1_000L);
        Assert.InRange(histogram.MillisecondsAt(0.5), 50, 50.5);
        Assert.InRange(histogram.MillisecondsAt(0.99), 99, 100);
        Assert.InRange(histogram.MillisecondsAt(1), 100, 101);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(long.MaxValue)]
    public void Any_duration_can_be_counted(long nanoseconds)
    {
        var histogram = new Histogram();
        histogram.Add(nanoseconds);
        Assert.InRange(histogram.MillisecondsAt(0.99), nanoseconds / 1e6, nanoseconds * 1.01 / 1e6);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", true)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nabc", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true)]
    public void An_answer_of_HTTP_ends_where_it_ends(string answer, bool isGood) => Framed(Protocol.Http, answer, isGood);

    [Theory]
    [InlineData("$-1\r\n", true)]
    [InlineData("$3\r\nabc\r\n", true)]
    [InlineData("+OK\r\n", true)]
    [InlineData("-ERR no\r\n", false)]
    public void An_answer_of_Redis_ends_where_it_ends(string answer, bool isGood) => Framed(Protocol.Redis, answer, isGood);

    [Fact]
    public void The_ratio_is_the_median_of_the_rounds()
    {
        var row = FigureRow.Of("x", "/s", [10, 20, 30], [10, 40, 10], Bar.AtLeast(1));
        Assert.Equal((20d, 10d, 1d, (0.5, 3d)), (row.Ours!.Value, row.Peer!.Value, row.Ratio!.Value, row.Spread!.Value));
        Assert.True(row.Met);
        Assert.False((row with { Bar = Bar.AtMost(0.9) }).Met);
    }

    [Fact]
    public void A_round_without_an_answer_gives_no_ratio() =>
        Assert.Contains("too busy", Assert.Throws<BenchException>(() => FigureRow.Of("x", "/s", [1], [0], Bar.AtLeast(1))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_could_not_be_measured_has_not_met_its_bar()
    {
        FigureRow[] rows = [FigureRow.Missing("a", "/s", Bar.AtLeast(1), "why"), FigureRow.Alone("b", "ms", [2], null)];
        using var json = JsonDocument.Parse(Report.Json(rows));
        var first = json.RootElement[0];
        Assert.Equal(["figure", "ours", "peer", "ratio", "bar", "met"], first.EnumerateObject().Select(p => p.Name));
        Assert.False(first.GetProperty("met").GetBoolean());
        Assert.Equal(JsonValueKind.Null, json.RootElement[1].GetProperty("met").ValueKind);
        Assert.Contains("**Not met:** a.", Report.Whole(rows), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--only", "everything")]
    [InlineData("--rounds", "4")]
    [InlineData("--quik", null)]
    public void A_wrong_option_is_named(string option, string? value)
    {
        Assert.False(BenchOptions.Parse(value is null ? [option] : [option, value]).Is(out _, out var problems));
        Assert.Contains(option, problems[0].Message, StringComparison.Ordinal);
    }

    /// <summary>Whole at its last byte and not before, and what follows is left alone.</summary>
    private static void Framed(Framing framing, string answer, bool isGood)
    {
        var bytes = Encoding.ASCII.GetBytes(answer);
        for (var i = 0; i < bytes.Length; i++) Assert.Equal(0, framing(bytes.AsSpan(0, i)).Length);
        Assert.Equal(new Answered(bytes.Length, isGood), framing([.. bytes, .. bytes]));
    }
}
