using Liaison.Platform.Audit;

namespace UnitTests.Platform;

public sealed class RandomBlockTests
{
    [Fact]
    public void An_id_is_a_version_7_UUID_of_its_moment()
    {
        var at = new DateTimeOffset(2026, 3, 1, 14, 5, 0, 123, TimeSpan.FromHours(1));
        var (ours, frameworks) = (RandomBlock.Version7(at), Guid.CreateVersion7(at));
        Assert.Equal(7, ours.Version);
        Assert.InRange(ours.Variant, 0x8, 0xB);
        Assert.Equal(frameworks.ToString()[..13], ours.ToString()[..13]);
    }

    [Fact]
    public void Nothing_is_handed_out_twice_over_many_blocks_and_threads()
    {
        var at = DateTimeOffset.UnixEpoch;
        var drawn = Enumerable.Range(0, 4).AsParallel().SelectMany(_ =>
            Enumerable.Range(0, 2000).Select(_ => (Id: RandomBlock.Version7(at), Salt: Convert.ToHexString(RandomBlock.Take(16)))).ToArray()).ToArray();
        Assert.Equal(8000, drawn.Select(d => d.Id).Distinct().Count());
        Assert.Equal(8000, drawn.Select(d => d.Salt).Distinct().Count());
        Assert.DoesNotContain(new string('0', 32), drawn.Select(d => d.Salt));
    }
}
