using System.CommandLine;

namespace Liaison.Cli.Commands;

/// <summary>The argument that names a record.</summary>
internal static class RecordId
{
    public static Argument<Guid> Argument()
    {
        var id = new Argument<Guid>("ID") { Description = "Id of the record, as search, record and list show it" };
        id.CustomParser = result =>
        {
            if (Guid.TryParse(result.Tokens[0].Value, out var value)) return value;
            result.AddError("ID is not a record's id: copy it from the answer of search or list.");
            return default;
        };
        return id;
    }
}
