using Liaison.Kernel.Time;

namespace UnitTests.Kernel;

public sealed class PartialDateTests
{
    [Theory]
    [InlineData("2024", "2024-01-01", "2024-12-31")]
    [InlineData("2024-02", "2024-02-01", "2024-02-29")]
    [InlineData("2023-02-28", "2023-02-28", "2023-02-28")]
    public void Reads_what_is_known_and_writes_it_back(string text, string earliest, string latest)
    {
        Assert.True(PartialDate.TryParse(text, out var date));
        Assert.Equal(text, date.ToString());
        Assert.Equal(DateOnly.Parse(earliest), date.Earliest);
        Assert.Equal(DateOnly.Parse(latest), date.Latest);
    }

    [Theory]
    [InlineData("")]
    [InlineData("24")]
    [InlineData("1899")]
    [InlineData("2024-13")]
    [InlineData("2023-02-29")]
    [InlineData("2024-1-1")]
    [InlineData("2024/01/01")]
    [InlineData("٢٠٢٤")]
    public void Refuses_what_is_no_date(string text) => Assert.False(PartialDate.TryParse(text, out _));
}
