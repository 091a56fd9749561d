using Liaison.Members.Domain;

namespace UnitTests.Members;

public sealed class ProviderRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProviderClaims Claims = new("s", ["hub"], null, "two", ["pwd", "mfa"], Now.AddMinutes(-1));

    private static readonly ProviderDemands Wanted = new("hub", [], [], Now.AddHours(-12));

    [Fact]
    public void What_the_member_wants_is_what_it_gets()
    {
        Assert.Null(ProviderRules.Refuse(Claims, Wanted, Now));
        Assert.Null(ProviderRules.Refuse(Claims with { Audiences = ["other", "hub"], Party = "hub" }, Wanted, Now));
        Assert.Null(ProviderRules.Refuse(Claims, Wanted with { Acr = ["two"], Amr = ["hwk", "mfa"] }, Now));
        Assert.Equal("secondFactor", ProviderRules.Refuse(Claims, Wanted with { Acr = ["TWO"] }, Now));
        Assert.Equal("secondFactor", ProviderRules.Refuse(Claims with { Amr = ["mf", "a"] }, Wanted with { Amr = ["mfa"] }, Now));
        Assert.Equal("secondFactor", ProviderRules.Refuse(Claims with { Acr = null, Amr = [] }, Wanted with { Acr = ["two"], Amr = ["mfa"] }, Now));
        Assert.Equal("audience", ProviderRules.Refuse(Claims with { Audiences = ["other", "hub"] }, Wanted, Now));
    }

    /// <summary>60 seconds off is what two clocks may be.</summary>
    [Theory]
    [InlineData(-60, true)]
    [InlineData(-61, false)]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void A_fresh_proof_is_not_older_than_what_was_asked(int seconds, bool holds) =>
        Assert.Equal(holds ? null : "authenticationTime",
            ProviderRules.Refuse(Claims with { AuthenticatedAt = Now.AddSeconds(seconds) }, Wanted with { NotBefore = Now }, Now));

    [Theory]
    [InlineData("a", true)]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82", true)]
    [InlineData("with space", true)]
    [InlineData(" leading", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("né", false)]
    [InlineData("a\n", false)]
    public void A_subject_is_visible_ascii(string? subject, bool holds) => Assert.Equal(holds, ProviderRules.IsSubject(subject));

    [Fact]
    public void A_subject_is_not_endless() => Assert.False(ProviderRules.IsSubject(new('a', 256)));
}
