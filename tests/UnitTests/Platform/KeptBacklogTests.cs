using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Searches;
using Npgsql;

namespace UnitTests.Platform;

/// <summary>When what is kept of searches goes with their audit entries, and when it follows: never before it was said that it would.</summary>
public sealed class KeptBacklogTests
{
    private readonly Clock clock = new();
    private readonly KeptBacklog backlog;

    public KeptBacklogTests() => backlog = new(clock);

    [Fact]
    public void Who_asks_now_and_then_is_kept_with_the_audit_and_nothing_is_announced()
    {
        for (var i = 0; i < 3; i++)
        {
            EncodedEntry[] entries = [Search()];
            Assert.True(backlog.GoesWith(entries));
            Assert.Equal((1, false), Written(entries));
            Assert.True(backlog.IsEmpty);
            clock.Move(KeptBacklog.Pace);
        }
    }

    [Fact]
    public void Under_load_it_is_announced_first_then_held_and_written_together()
    {
        Written([Search()]);
        EncodedEntry[] second = [Search()], third = [Search(), Search()], fourth = [Search()];
        Assert.True(backlog.GoesWith(second));
        Assert.Equal((1, true), Written(second));
        Assert.False(backlog.GoesWith(third));
        backlog.Hold(third);
        Assert.Equal(2, backlog.Held);
        clock.Move(KeptBacklog.Pace);
        Assert.True(backlog.GoesWith(fourth));
        Assert.Equal((3, true), Written(fourth));
        Assert.Equal(0, backlog.Held);
        Assert.False(backlog.IsEmpty);

        backlog.Hold([Search()]);
        using var batch = new NpgsqlBatch();
        var done = backlog.WriteAlone(batch);
        Assert.False(backlog.IsEmpty);
        done();
        Assert.Equal(1, Kept(batch));
        Assert.Contains("DELETE FROM platform.kept_writer", batch.BatchCommands[^1].CommandText, StringComparison.Ordinal);
        Assert.True(backlog.IsEmpty);
    }

    /// <summary>A long time after it was said, a node that was asked nothing is taken for dead: it must say so again before it holds anything.</summary>
    [Fact]
    public void What_was_announced_long_ago_is_announced_anew()
    {
        Written([Search()]);
        Written([Search()]);
        clock.Move(TimeSpan.FromMinutes(5));
        EncodedEntry[] late = [Search()];
        Assert.True(backlog.GoesWith(late));
        Assert.Equal((1, true), Written(late));
    }

    /// <summary>It is not made anew from the audit, however small it is.</summary>
    [Fact]
    public void A_piece_of_a_batch_always_goes_with_its_entry()
    {
        Written([Search()]);
        Written([Search()]);
        Assert.False(backlog.GoesWith([Search()]));
        EncodedEntry[] piece = [Search(), Search(line: 1)];
        Assert.True(backlog.GoesWith(piece));
        Assert.Equal((2, true), Written(piece));
    }

    [Fact]
    public void What_is_no_search_neither_waits_nor_lets_wait()
    {
        EncodedEntry[] read = [EncodedEntry.Of(new(Entry(), []))];
        Assert.False(backlog.GoesWith(read));
        backlog.Hold(read);
        Assert.True(backlog.IsEmpty);
    }

    private (int Kept, bool Announced) Written(EncodedEntry[] entries)
    {
        using var batch = new NpgsqlBatch();
        var done = backlog.WriteWith(batch, entries);
        done();
        return (Kept(batch), batch.BatchCommands.Cast<NpgsqlBatchCommand>().Any(c => c.CommandText.StartsWith("INSERT INTO platform.kept_writer", StringComparison.Ordinal)));
    }

    private static int Kept(NpgsqlBatch batch) => batch.BatchCommands.Cast<NpgsqlBatchCommand>().Where(c => c.CommandText.StartsWith("INSERT INTO platform.kept_inquiry", StringComparison.Ordinal))
        .SelectMany(c => (byte[][])c.Parameters[1].Value!).Sum(row => KeptRow.Read(row)!.Inquiries.Count);

    private EncodedEntry Search(long line = 0)
    {
        var entry = Entry();
        return EncodedEntry.Of(new(entry, [], new Inquiry(entry.Id, entry.At, 1, [new(0, line, 7)])));
    }

    private AuditEntry Entry() => AuditEntry.Of(new Caller("test", "FRA", new HashSet<string>(), null), AuditEvents.StatusRead, "done", clock.GetUtcNow());

    private sealed class Clock : TimeProvider
    {
        private TimeSpan gone = TimeSpan.FromSeconds(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Move(TimeSpan by) => gone += by;

        public override long GetTimestamp() => gone.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56) + gone;
    }
}
