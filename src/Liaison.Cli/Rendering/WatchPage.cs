using Liaison.Api.Hits;

namespace Liaison.Cli.Rendering;

/// <summary>Questions that stand.</summary>
internal static class WatchPage
{
    public static Page Of(StandingQuestion question) => new Page().Headline(question.State == "stands" ? "WATCHED" : "ENDED", Tone.Good).Facts(
        ("Id", question.Id.ToString()), ("Number", question.Number), ("Issuer", question.Issuer), ("Kind", question.Kind), ("Purpose", question.Purpose),
        ("Reason", question.Reason), ("Ends", DocumentPage.Moment(question.EndsAt)), ("Owner sees it", question.OwnerVisible ? "yes" : "when it matches"));

    public static Page Of(StandingQuestionPage questions)
    {
        if (questions.Items.Count == 0) return new Page().Paragraph("No questions stand.");
        var page = new Page().Table(["Id", "You are", "Who asks", "Number", "Issuer", "State", "Ends", "Reason"], questions.Items.Select(q => (string[])
            [q.Id.ToString(), q.Role, q.Member, q.Number ?? "", q.Issuer ?? "", q.State, DocumentPage.Moment(q.EndsAt), q.Reason ?? ""]));
        return questions.Next is { } next ? page.Paragraph($"There are more: liaison watch list --before {next}") : page;
    }
}
