using Liaison.Platform.Data.PrivatePostgres;

namespace UnitTests.Platform;

public sealed class PrivatePostgresTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15)]
    [InlineData("postgres (PostgreSQL) 17.10\n", 17)]
    [InlineData("postgres (PostgreSQL) 18beta1", 18)]
    [InlineData("postgres (PostgreSQL) 9", 9)]
    [InlineData("postgres (PostgreSQL) ", null)]
    [InlineData("something else 15", null)]
    [InlineData("", null)]
    public void The_major_version_is_read_from_the_programs_answer(string answer, int? major) =>
        Assert.Equal(major, PostgresBinaries.MajorIn(answer));

    [Fact]
    public void A_pid_file_is_read_also_while_it_is_being_written()
    {
        const string Whole = "4711\n/d/data\n1764000000\n5432\n/tmp/liaison-0a1b2c3d\n\n  5432001    98304\nready   \n";
        Assert.Equal(new PidFileText(4711, "/tmp/liaison-0a1b2c3d", "ready"), PidFileText.Parse(Whole));
        Assert.Equal(new PidFileText(4711, "", ""), PidFileText.Parse("4711\n/d/data\n"));
        Assert.Null(PidFileText.Parse("-4711\n/d/data\n"));
        Assert.Null(PidFileText.Parse("nonsense"));
        Assert.Null(PidFileText.Parse(""));
    }

    [Theory]
    [InlineData("a\n2026-01-02 03:04:05 UTC [7] FATAL:  the reason\nlast\n", "the reason")]
    [InlineData("FATAL:  could not write: No space left on device\n", "FATAL:  could not write: No space left on device")]
    [InlineData("creating…\ninitdb: error: the reason\ninitdb: hint: do\n", "the reason")]
    [InlineData("only words\n", "only words")]
    [InlineData("", "no reason given")]
    public void The_reason_is_found_among_what_programs_print(string printed, string reason) =>
        Assert.Equal(reason, Trouble.ReasonIn(printed));

    [Fact]
    public void A_folder_is_held_by_one_and_free_again_afterwards()
    {
        var folder = Directory.CreateTempSubdirectory("liaison-lock-").FullName;
        try
        {
            Assert.True(FolderLock.Take(folder, Path.Combine(folder, "hub")).Is(out var first, out _));
            Assert.False(FolderLock.Take(folder, Path.Combine(folder, "hub")).Is(out _, out var trouble));
            Assert.Contains($"(process {Environment.ProcessId})", trouble.Line, StringComparison.Ordinal);
            first.Dispose();
            Assert.True(FolderLock.Take(folder, Path.Combine(folder, "hub")).Is(out var second, out _));
            second.Dispose();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_process_is_known_by_its_start_and_not_by_its_pid_alone()
    {
        var own = ProcessTable.Find(Environment.ProcessId);
        Assert.NotNull(own);
        Assert.True(own.Value.Lives);
        Assert.False((own.Value with { Started = "0" }).Lives);
    }
}
