namespace Fuzz;

public sealed class FuzzTests
{
    // Enough to meet every branch of a parser, short enough for every run of the suite.
    private const int MutantsPerSeed = 400, RandomSeed = 20_260_601;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Keeps_its_promises_on_mutated_seeds(string target)
    {
        var fault = FuzzRun.FirstFault(FuzzTargets.All[target], FuzzTargets.Seeds(target), MutantsPerSeed, RandomSeed);
        Assert.True(fault is null, fault is { } found ? $"{found.Fault}\ninput: {FuzzRun.Show(found.Input)}" : "");
    }

    [Fact]
    public void Every_target_has_seeds_and_every_folder_of_seeds_a_target()
    {
        Assert.NotEmpty(FuzzTargets.All);
        Assert.All(FuzzTargets.All.Keys, target => Assert.True(FuzzTargets.Seeds(target).Count >= 3, $"{target} needs seeds in Corpus/{target}"));
        Assert.Equal(FuzzTargets.All.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(FuzzTargets.CorpusFolder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));
    }

    /// <summary>A run that could not find a fault would prove nothing.</summary>
    [Fact]
    public void A_planted_fault_is_found_again_in_every_run()
    {
        byte[][] seeds = ["<<<<12345678"u8.ToArray(), "ABCDEFGH"u8.ToArray()];
        var first = FuzzRun.FirstFault(Planted, seeds, MutantsPerSeed, RandomSeed);
        var second = FuzzRun.FirstFault(Planted, seeds, MutantsPerSeed, RandomSeed);
        Assert.IsType<InvalidOperationException>(first?.Fault);
        Assert.Equal(first?.Input, second?.Input);
        Assert.DoesNotContain(first!.Value.Input, seeds);

        static void Planted(ReadOnlySpan<byte> data)
        {
            if (data.IndexOf("\0"u8) >= 0 && data.IndexOf("<<"u8) >= 0) throw new InvalidOperationException("planted");
        }
    }
}
