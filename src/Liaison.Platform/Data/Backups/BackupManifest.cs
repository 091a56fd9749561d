using System.Text.Json.Serialization;

namespace Liaison.Platform.Data.Backups;

/// <summary>What a backup holds, as its <c>manifest.json</c> says; <c>docs/spec/backup.md</c> is the format.</summary>
/// <param name="Format">Version of the format; this build writes and reads <see cref="CurrentFormat"/>.</param>
/// <param name="Database">Identity of the database it was taken from; a restore keeps it.</param>
/// <param name="History">History that the database had; a restore gives it another one.</param>
/// <param name="Position">Last position of the change log in the backup; 0 when nothing was ever written.</param>
/// <param name="At">When it was begun.</param>
/// <param name="Postgres">Version of the server, for people.</param>
public sealed record BackupManifest(int Format, Guid Database, Guid History, long Position, DateTimeOffset At, string Postgres)
{
    public const int CurrentFormat = 1;

    /// <summary>The schema it was taken from: what ran there, by module and number.</summary>
    public required IReadOnlyList<AppliedMigration> Migrations { get; init; }

    /// <summary>In the order in which they are loaded: a table comes after those that it refers to.</summary>
    public required IReadOnlyList<BackupTable> Tables { get; init; }

    /// <summary>Parts of partitioned tables; their rows are in the file of the whole table.</summary>
    public required IReadOnlyList<BackupPartition> Partitions { get; init; }

    public required IReadOnlyList<BackupSequence> Sequences { get; init; }
}

/// <param name="Module">As <c>platform</c>.</param>
/// <param name="Number">From 1.</param>
/// <param name="Checksum">SHA-256 of the file that ran, hexadecimal.</param>
public sealed record AppliedMigration(string Module, int Number, string Checksum);

/// <summary>One table and its file in the archive.</summary>
/// <param name="Schema">Not quoted.</param>
/// <param name="Name">Not quoted.</param>
/// <param name="Columns">In the order of the file; without generated columns.</param>
/// <param name="Rows">Lines of the file.</param>
/// <param name="Bytes">Length of the file, not compressed.</param>
/// <param name="Sha256">Of the file, not compressed; hexadecimal.</param>
public sealed record BackupTable(string Schema, string Name, IReadOnlyList<string> Columns, long Rows, long Bytes, string Sha256)
{
    [JsonIgnore]
    public string File => $"tables/{Schema}.{Name}.copy";

    [JsonIgnore]
    internal string Sql => Quoted.Name(Schema, Name);

    [JsonIgnore]
    internal string ColumnsSql => string.Join(", ", Columns.Select(Quoted.Name));
}

/// <param name="Schema">Of the part.</param>
/// <param name="Name">Of the part.</param>
/// <param name="ParentSchema">Of the whole.</param>
/// <param name="Parent">Of the whole.</param>
/// <param name="Bound">As PostgreSQL writes it: <c>FOR VALUES FROM (…) TO (…)</c> or <c>DEFAULT</c>.</param>
public sealed record BackupPartition(string Schema, string Name, string ParentSchema, string Parent, string Bound);

/// <param name="Schema">Not quoted.</param>
/// <param name="Name">Not quoted.</param>
/// <param name="Value">Last value drawn.</param>
/// <param name="WasDrawn">False when the next one drawn is <paramref name="Value"/> itself.</param>
public sealed record BackupSequence(string Schema, string Name, long Value, bool WasDrawn);

/// <summary>The backup or the restore cannot be done like this; the message is one line that says what to do. Nothing was changed.</summary>
public sealed class BackupRefusedException(string message) : Exception(message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;

/// <summary>Names as SQL takes them whatever they hold.</summary>
internal static class Quoted
{
    public static string Name(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    public static string Name(string schema, string name) => Name(schema) + "." + Name(name);
}
