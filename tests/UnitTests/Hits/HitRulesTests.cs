using CsCheck;
using Liaison.Hits;
using Liaison.Hits.Domain;

namespace UnitTests.Hits;

/// <summary>Who may do what with a hit, state by state.</summary>
public sealed class HitRulesTests
{
    private static readonly Gen<(HitState State, HitAct Act, HitParty Who)> Any = Gen.Select(Gen.Enum<HitState>(), Gen.Enum<HitAct>(), Gen.Enum<HitParty>());

    [Theory]
    [InlineData("Open Acknowledge Owner", "Acknowledged")]
    [InlineData("Open Confirm Owner", "Confirmed")]
    [InlineData("Open Deny Owner", "NotConfirmed")]
    [InlineData("Open Remind Hub", "Open")]
    [InlineData("Open Lapse Hub", "Unanswered")]
    [InlineData("Open GiveOutcome Asker", "Outcome")]
    [InlineData("Open Close Owner", "hitNotNow")]
    [InlineData("Open Close Hub", "hitNotNow")]
    [InlineData("Open Acknowledge Secretariat", "hitNotNow")]
    [InlineData("Acknowledged Acknowledge Owner", "hitNotNow")]
    [InlineData("Acknowledged Confirm Owner", "Confirmed")]
    [InlineData("Acknowledged Lapse Hub", "Unanswered")]
    [InlineData("Unanswered Acknowledge Owner", "Acknowledged")]
    [InlineData("Unanswered Acknowledge Secretariat", "Unanswered")]
    [InlineData("Unanswered Remind Secretariat", "Unanswered")]
    [InlineData("Unanswered Confirm Owner", "Confirmed")]
    [InlineData("Unanswered Deny Owner", "NotConfirmed")]
    [InlineData("Unanswered Lapse Hub", "hitNotNow")]
    [InlineData("Unanswered Close Hub", "Closed")]
    [InlineData("Confirmed Deny Owner", "NotConfirmed")]
    [InlineData("NotConfirmed Confirm Owner", "Confirmed")]
    [InlineData("Confirmed Confirm Owner", "hitNotNow")]
    [InlineData("Confirmed Close Owner", "hitNotNow")]
    [InlineData("Confirmed Close Hub", "Closed")]
    [InlineData("Confirmed Withdraw Owner", "WithdrawnByOwner")]
    [InlineData("Confirmed Remind Hub", "hitNotNow")]
    [InlineData("WithdrawnByOwner Confirm Owner", "hitNotNow")]
    [InlineData("WithdrawnByOwner GiveOutcome Asker", "Outcome")]
    [InlineData("WithdrawnByOwner Close Owner", "Closed")]
    [InlineData("Outcome GiveOutcome Asker", "Outcome")]
    [InlineData("Outcome Deny Owner", "NotConfirmed")]
    [InlineData("Outcome Close Owner", "Closed")]
    [InlineData("Open Confirm Asker", "hitNotYours")]
    [InlineData("Open GiveOutcome Owner", "hitNotYours")]
    [InlineData("Unanswered Confirm Secretariat", "hitNotYours")]
    [InlineData("Open Lapse Owner", "hitNotYours")]
    [InlineData("Closed Confirm Owner", "hitClosed")]
    [InlineData("Closed GiveOutcome Asker", "hitClosed")]
    [InlineData("Closed Confirm Asker", "hitNotYours")]
    public void Step(string step, string then)
    {
        var words = step.Split(' ');
        var next = HitRules.Next(Enum.Parse<HitState>(words[0]), Enum.Parse<HitAct>(words[1]), Enum.Parse<HitParty>(words[2]));
        Assert.Equal(then, next.Refusal?.Code ?? next.To.ToString());
    }

    [Fact]
    public void Nothing_revives_what_is_closed() => Any.Sample(t => Assert.NotNull(HitRules.Next(HitState.Closed, t.Act, t.Who).Refusal));

    [Fact]
    public void Only_the_owner_answers() => Any.Sample(t =>
    {
        var next = HitRules.Next(t.State, t.Act, t.Who);
        if (next.Refusal is null && next.To != t.State && next.To is HitState.Confirmed or HitState.NotConfirmed && next.Refusal is null) Assert.Equal(HitParty.Owner, t.Who);
    });

    [Fact]
    public void Only_who_asked_says_what_came_of_it() => Any.Sample(t =>
    {
        var next = HitRules.Next(t.State, t.Act, t.Who);
        if (next.Refusal is null && t.Act is HitAct.GiveOutcome) Assert.Equal((HitParty.Asker, HitState.Outcome), (t.Who, next.To));
        if (t.Who is HitParty.Asker && t.Act is not HitAct.GiveOutcome) Assert.Equal(HitProblems.NotYours, next.Refusal);
    });

    [Fact]
    public void The_secretariat_changes_no_state() => Any.Sample(t =>
    {
        var next = HitRules.Next(t.State, t.Act, HitParty.Secretariat);
        if (next.Refusal is null) Assert.Equal((t.State, HitState.Unanswered), (next.To, t.State));
    });

    /// <summary>A case that goes its way by any acts that the rules allow: its version grows, its end stays, who asked sees nothing of the others.</summary>
    [Fact]
    public void A_case_only_ever_goes_on() => Gen.Select(Gen.Enum<HitAct>(), Gen.Enum<HitParty>()).Array[0, 30].Sample(steps =>
    {
        var file = File();
        foreach (var (act, who) in steps)
        {
            var before = file;
            var own = file.Askers[0];
            var state = who is HitParty.Asker ? HitRules.OfAsker(file.Case.State, own.Outcome is not null) : file.OwnersState;
            var step = HitRules.Next(state, act, who);
            if (step.Refusal is not null) continue;
            file = act is HitAct.GiveOutcome ? HitSteps.WithOutcome(file, own.Hit.Id, "unknown", null, At)
                : HitSteps.After(file, who is HitParty.Secretariat ? file.Case.State : step.To, At);
            Assert.Equal(before.Case.Version + 1, file.Case.Version);
            Assert.False(before.Case.State is HitState.Closed);
            Assert.True(before.Case.Answer is null || file.Case.Answer is not null);
            if (act is HitAct.GiveOutcome) Assert.Equal(before.Askers[1], file.Askers[1]);
            Assert.Equal(file.Case.State is HitState.Open or HitState.Acknowledged, file.Case.NextAt is not null);
        }
    });

    /// <summary>Else the clock would give it up again at once.</summary>
    [Fact]
    public void Who_looks_into_it_after_it_was_given_up_is_not_given_up_again()
    {
        var lapsed = HitSteps.After(File(), HitState.Unanswered, At);
        lapsed = lapsed with { Case = lapsed.Case with { Level = HitLevel.Secretariat, Reminded = true } };
        var late = HitSteps.After(lapsed, HitState.Acknowledged, At.AddHours(1));
        Assert.Null(late.Case.NextAt);
        Assert.Equal(At, late.Case.SettledAt);
    }

    [Theory]
    [InlineData("hit", "numberExact", true)]
    [InlineData("hit", "separatorsIgnored", true)]
    [InlineData("delayed", "numberExact", true)]
    [InlineData("sealed", "numberExact", true)]
    [InlineData("referred", "numberExact", true)]
    [InlineData("hit", "numberRepaired", false)]
    [InlineData("hit", "insideBlankRange", false)]
    [InlineData("hit", "repairedInsideRange", false)]
    [InlineData("hit", "numberExact issuerConfusable", false)]
    [InlineData("hit", "somethingNew", false)]
    [InlineData("hit", "", false)]
    [InlineData("delayed", "numberConfusable", false)]
    [InlineData("possible", "numberExact", false)]
    public void Only_the_very_number_is_one_document(string kind, string reasons, bool isOne)
    {
        var hit = new NewHit(Guid.Empty, Guid.Empty, "UTO", "DEU", HitCodes.Read<HitKind>(kind)!.Value, At)
        {
            Account = "a", Search = Guid.Empty, Reasons = reasons.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
        Assert.Equal(isOne, HitRules.IsOneDocument(hit));
        Assert.False(HitRules.IsOneDocument(hit with { IsVague = true }));
        Assert.False(HitRules.IsOneDocument(hit with { IsPossible = true }));
    }

    [Fact]
    public void Nobody_joins_what_was_denied_or_has_no_clock_any_more()
    {
        var file = File().Case with { IsShared = true };
        Assert.True(HitRules.TakesOthers(file));
        Assert.True(HitRules.TakesOthers(file with { State = HitState.Confirmed }));
        Assert.False(HitRules.TakesOthers(file with { IsShared = false }));
        foreach (var state in (HitState[])[HitState.NotConfirmed, HitState.WithdrawnByOwner, HitState.Unanswered, HitState.Closed])
            Assert.False(HitRules.TakesOthers(file with { State = state }));
        // Acknowledged after it had been given up.
        Assert.False(HitRules.TakesOthers(file with { State = HitState.Acknowledged, Level = HitLevel.Secretariat }));
    }

    /// <summary>However long the case has run, and whichever of its steps are done: the next comes no later than either of the two would have it alone.</summary>
    [Fact]
    public void Whoever_is_in_more_of_a_hurry_hurries_the_case() => Gen.Select(
        Gen.Int[1, 500], Gen.Int[1, 500], Gen.Int[0, 1000], Gen.Bool, Gen.Bool).Sample((first, second, later, reminded, isDue) =>
    {
        var own = Deadlines(second, later);
        var file = File(first).Case with { Reminded = reminded || isDue, Level = isDue ? HitLevel.DutyRoom : HitLevel.Desk };
        var joined = HitSteps.Join(file, "immediate", own);
        Assert.Equal(Earlier(file.NextAt!.Value, (file with { Deadlines = own }).NextAt!.Value), joined.NextAt);
        Assert.Equal(Earlier(file.Deadlines.LapseAt, own.LapseAt), joined.Deadlines.LapseAt);
        Assert.Equal("immediate", joined.Priority);
        Assert.Equal("urgent", HitSteps.Join(file, "low", own).Priority);
        Assert.Equal(file.Deadlines, HitSteps.Join(file with { State = HitState.Confirmed }, "immediate", own).Deadlines);

        static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
    });

    private static readonly DateTimeOffset At = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    /// <param name="minutes">The time allowed.</param>
    /// <param name="from">Minutes after <see cref="At"/>.</param>
    private static HitDeadlines Deadlines(int minutes, int from = 0) =>
        new(At.AddMinutes(from + minutes / 2.0), At.AddMinutes(from + minutes), At.AddMinutes(from + minutes * 2));

    private static HitFile File(int minutes = 60)
    {
        var hits = new[] { "DEU", "FRA" }.Select((member, i) => new NewHit(new Guid(i + 1, 0, 0, new byte[8]), Guid.Empty, "UTO", member, HitKind.Hit, At)
        {
            Account = "a", Search = Guid.Empty, Reasons = [],
        }).ToArray();
        var file = HitSteps.Open(new Guid(9, 0, 0, new byte[8]), hits[0], "urgent", Deadlines(minutes), At);
        return new(file, [.. hits.Select(h => new HitAsker { Hit = h, Case = file.Id, Version = 1, Priority = "urgent", DueAt = file.Deadlines.DueAt })]);
    }
}
