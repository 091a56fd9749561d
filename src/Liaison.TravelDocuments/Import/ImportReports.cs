using System.Text.Json;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Imports;
using Npgsql;

namespace Liaison.TravelDocuments.Import;

/// <summary>Says, in the job and in the audit, what becomes of an import that is not merged now: it has failed, or waits for a second person.</summary>
internal sealed class ImportReports(
    ImportJobs jobs, IApprovals approvals, NpgsqlDataSource database, AuditWriter audit, TimeProvider clock)
{
    private const string Module = "travelDocuments";

    /// <summary>Puts the file aside and asks for the approval, in one change set.</summary>
    /// <returns>True when the job waits, so that the file is still wanted.</returns>
    /// <exception cref="ImportRefusedException">Too many files of the member wait.</exception>
    public async Task<bool> WaitAsync(ImportTask task, ImportProgress progress, ImportWaitsException mass, CancellationToken cancellation)
    {
        var order = task.Order;
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        if (await ImportWaits.CountAsync(transaction.Connection, order.Member, cancellation) >= ImportWaits.MostOfMember)
        {
            throw new ImportRefusedException(new("", "tooManyWaiting",
                $"The file would end or hide {mass.Withdrawals} of {mass.Records} records, and {ImportWaits.MostOfMember} files of {order.Member} wait for approval. Nothing was changed: have those decided first."));
        }

        using var body = JsonDocument.Parse(AuditJson.Of(
            ("import", order.Id), ("feed", order.Feed), ("mode", order.Mode), ("digest", Convert.ToHexStringLower(order.File.Digest)),
            ("withdrawals", mass.Withdrawals), ("records", mass.Records)).Text);
        var request = new ApprovalRequest(
            MassWithdrawal.Act, order.Member, order.Account, TravelDocumentPermissions.Write.Code, body.RootElement.Clone());
        var (approval, until) = await approvals.AskAsync(transaction, request, cancellation);
        var kept = jobs.Spool.Keep(order.File, order.Id);
        var isKept = false;
        try
        {
            var waiting = new WaitingImport(order, approval, mass.Withdrawals, Terms(task));
            if (!await ImportWaits.WaitAsync(transaction, waiting, until, mass.Records, cancellation)) return false;
            var told = task.Act with { Asked = AuditJson.Of(("approval", approval), ("request", body.RootElement)) };
            transaction.Records = 0;
            transaction.Add(told.Entry("awaitsApproval", transaction.At));
            if (progress.Denied > 0) transaction.Add(task.Denied(progress.Denied, transaction.At));
            await transaction.CommitAsync(Module, cancellation);
            return isKept = true;
        }
        finally
        {
            // Back to where it is deleted from.
            if (!isKept) File.Move(kept.Path, order.File.Path);
        }
    }

    /// <returns>False when it did not fail: its merge is durable, though its node did not learn it.</returns>
    public async Task<bool> FailAsync(ImportTask task, ImportProgress progress, FieldProblem problem)
    {
        // Before the job says that it has failed; of one that was being published only when it is known that its merge, which tells it
        // too, is not durable.
        if (progress.State != "publishing") await TellDeniedAsync(task, progress);
        if (!await jobs.FailAsync(task.Order.Id, problem.Code, problem.Message, CancellationToken.None)) return false;
        await TellDeniedAsync(task, progress);
        var act = task.Act with { Asked = AuditJson.Of(("import", task.Order.Id)) };
        await audit.AppendAsync(act.Entry(problem.Code, clock.GetUtcNow()), [], CancellationToken.None);
        return true;
    }

    private async Task TellDeniedAsync(ImportTask task, ImportProgress progress)
    {
        if (progress.Denied == 0) return;
        await audit.AppendAsync(task.Denied(progress.Denied, clock.GetUtcNow()), [], CancellationToken.None);
        progress.Denied = 0;
    }

    /// <summary>What the job's row does not say of the request.</summary>
    private static string Terms(ImportTask task) => AuditJson.Of(
        ("csv", task.IsCsv), ("percent", task.MaxWithdrawals), ("limitGiven", task.LimitGiven), ("purpose", task.Act.Purpose),
        ("reference", task.Act.Reference)).Text;

    /// <summary>The task that a job goes on as.</summary>
    public static ImportTask Resume(WaitingImport waiting)
    {
        using var terms = JsonDocument.Parse(waiting.Terms);
        var (root, order) = (terms.RootElement, waiting.Order);
        var caller = new Caller(order.Account, order.Member, new HashSet<string>(), null);
        var act = new Act(caller, TravelDocumentEvents.Imported) { Purpose = Text("purpose"), Reference = Text("reference") };
        return new(order, act, root.GetProperty("csv").GetBoolean(), root.GetProperty("percent").GetInt32(), root.GetProperty("limitGiven").GetBoolean())
        {
            Approved = waiting.WouldWithdraw,
        };

        string? Text(string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
