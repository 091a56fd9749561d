using CsCheck;
using Liaison.Platform.Access;

namespace UnitTests.Platform;

public sealed class AccessDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly Right Search = new("birds.search", "", "birds", AgreementAccess.Search);
    private static readonly Right Write = new("birds.write", "", "birds", AgreementAccess.Contribute);
    private static readonly Right Read = new("birds.read", "", "birds", AgreementAccess.Either);
    private static readonly Right Status = new("hub.status", "");
    private static readonly Right Rule = new("hub.rule", "") { OnlyOf = MemberKind.Secretariat };
    private static readonly Right[] Rights = [Search, Write, Read, Status, Rule];
    private static readonly string[] Purposes = ["borderControl", "training", "dataQuality"];

    private static readonly Gen<IReadOnlySet<string>> Codes = Subset([.. Rights.Select(r => r.Code)]);

    private static readonly Gen<Agreement> Agreements =
        from dataset in Gen.OneOf("birds", "fish")
        from access in Gen.OneOf(AgreementAccess.Search, AgreementAccess.Contribute)
        from purposes in Subset(Purposes)
        from since in Gen.Int[-3, 3]
        from until in Gen.Int[-3, 3].Nullable()
        select new Agreement(dataset, access, purposes, Now.AddHours(since), until is { } end ? Now.AddHours(end) : null);

    private static readonly Gen<UnitGrant> Grants =
        from permissions in Codes from purposes in Subset(Purposes) from all in Gen.Bool
        select new UnitGrant("FRA/X", permissions, all ? null : purposes);

    private static readonly Gen<Caller> Callers =
        from permissions in Codes
        from units in Grants.List[0, 3]
        from agreements in Agreements.List[0, 3]
        from kind in Gen.OneOf(Enum.GetValues<MemberKind>())
        select new Caller("test", "FRA", permissions, null) { Units = units, Agreements = agreements, MemberKind = kind };

    public static TheoryData<string, Caller, string?> Decisions => new()
    {
        { "everything there", Able(), null },
        { "no permission", Able() with { Permissions = new HashSet<string>() }, "birds.search" },
        { "no agreement", Able() with { Agreements = [] }, "noAgreement" },
        { "another dataset", Able() with { Agreements = [Agreed() with { Dataset = "fish" }] }, "noAgreement" },
        { "to contribute only", Able() with { Agreements = [Agreed() with { Access = AgreementAccess.Contribute }] }, "noAgreement" },
        { "not begun", Able() with { Agreements = [Agreed() with { Since = Now.AddTicks(1) }] }, "noAgreement" },
        { "begins now", Able() with { Agreements = [Agreed() with { Since = Now }] }, null },
        { "ends now", Able() with { Agreements = [Agreed() with { Until = Now }] }, "noAgreement" },
        { "ends soon", Able() with { Agreements = [Agreed() with { Until = Now.AddTicks(1) }] }, null },
        { "another purpose", Able() with { Agreements = [Agreed() with { Purposes = Set("training") }] }, "purposeNotAgreed" },
        { "unit may", Able() with { Units = [Granted()] }, null },
        { "unit withdrawn", Able() with { Units = [Granted() with { Permissions = Set() }] }, "unitNotGranted" },
        { "unit above may not", Able() with { Units = [Granted() with { Permissions = Set("birds.write") }, Granted()] }, "unitNotGranted" },
        { "unit for another purpose", Able() with { Units = [Granted() with { Purposes = Set("training") }] }, "purposeNotAgreed" },
        { "unit for this purpose", Able() with { Units = [Granted() with { Purposes = Set("borderControl") }] }, null },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Says_why_not(string why, Caller caller, string? rule)
    {
        var refusal = AccessDecision.Refuse(caller, Search, "borderControl", Now);
        Assert.True(rule == refusal?.Rule, $"{why}: {refusal}");
        if (refusal is not null) Assert.NotEmpty(refusal.Reason);
    }

    [Fact]
    public void What_belongs_to_no_dataset_needs_no_agreement() =>
        Assert.Null(AccessDecision.Refuse(Able() with { Permissions = Set("hub.status"), Agreements = [] }, Status, "borderControl", Now));

    [Theory]
    [InlineData(MemberKind.Country, "hub.rule")]
    [InlineData(MemberKind.Partner, "hub.rule")]
    [InlineData(MemberKind.Carrier, "hub.rule")]
    [InlineData(MemberKind.Secretariat, null)]
    public void A_right_of_one_kind_of_member_is_held_by_no_other_whatever_its_account_says(MemberKind kind, string? rule) =>
        Assert.Equal(rule, AccessDecision.Refuse(Able() with { Permissions = Set("hub.rule"), MemberKind = kind }, Rule, Now)?.Rule);

    /// <summary>Whatever is taken from a caller, it may do nothing afterwards that it could not do before.</summary>
    [Fact]
    public void Taking_a_right_away_never_widens_what_is_allowed() =>
        Gen.Select(Callers, Gen.Int[0, 100]).Sample((caller, pick) =>
        {
            foreach (var less in Lessened(caller, pick))
            {
                foreach (var right in Rights)
                {
                    foreach (var purpose in (string?[])[null, .. Purposes])
                    {
                        if (AccessDecision.Refuse(caller, right, purpose, Now) is not null)
                            Assert.NotNull(AccessDecision.Refuse(less, right, purpose, Now));
                    }
                }
            }
        });

    /// <summary>A purpose only ever narrows.</summary>
    [Fact]
    public void What_is_refused_without_a_purpose_is_refused_with_any() =>
        Callers.Sample(caller =>
        {
            foreach (var right in Rights.Where(r => AccessDecision.Refuse(caller, r, Now) is not null))
                Assert.All(Purposes, p => Assert.NotNull(AccessDecision.Refuse(caller, right, p, Now)));
        });

    private static IEnumerable<Caller> Lessened(Caller caller, int pick)
    {
        foreach (var code in caller.Permissions) yield return caller with { Permissions = Without(caller.Permissions, code) };
        for (var i = 0; i < caller.Agreements.Count; i++)
        {
            var one = caller.Agreements[i];
            yield return caller with { Agreements = Replace(caller.Agreements, i) };
            yield return caller with { Agreements = Replace(caller.Agreements, i, one with { Since = one.Since.AddHours(1) }) };
            yield return caller with { Agreements = Replace(caller.Agreements, i, one with { Until = (one.Until ?? Now.AddHours(2)).AddHours(-1) }) };
            foreach (var purpose in one.Purposes)
                yield return caller with { Agreements = Replace(caller.Agreements, i, one with { Purposes = Without(one.Purposes, purpose) }) };
        }

        for (var i = 0; i < caller.Units.Count; i++)
        {
            var one = caller.Units[i];
            foreach (var code in one.Permissions)
                yield return caller with { Units = Replace(caller.Units, i, one with { Permissions = Without(one.Permissions, code) }) };
            foreach (var purpose in one.Purposes ?? Set())
                yield return caller with { Units = Replace(caller.Units, i, one with { Purposes = Without(one.Purposes!, purpose) }) };
            if (one.Purposes is null)
                yield return caller with { Units = Replace(caller.Units, i, one with { Purposes = Set([.. Purposes.Take(pick % (Purposes.Length + 1))]) }) };
        }

        yield return caller with { Units = [.. caller.Units, new("FRA/X/Y", Set(), Set())] };
    }

    private static List<T> Replace<T>(IReadOnlyList<T> list, int at, params T[] by) => [.. list.Take(at), .. by, .. list.Skip(at + 1)];

    private static HashSet<string> Without(IReadOnlySet<string> all, string one) => [.. all.Where(c => c != one)];

    private static HashSet<string> Set(params string[] codes) => [.. codes];

    private static Gen<IReadOnlySet<string>> Subset(string[] all) =>
        Gen.Int[0, (1 << all.Length) - 1].Select(bits => (IReadOnlySet<string>)all.Where((_, i) => (bits >> i & 1) != 0).ToHashSet());

    private static Agreement Agreed() => new("birds", AgreementAccess.Search, Set("borderControl"), Now.AddDays(-1), null);

    private static UnitGrant Granted() => new("FRA/BORDER", Set("birds.search"), null);

    private static Caller Able() => new("test", "FRA", Set("birds.search"), null) { Agreements = [Agreed()] };
}
