using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Liaison.Platform.Data.Backups;

/// <summary>A backup file that is opened to be read: whatever is wrong with it is found before anything of it is used.</summary>
public sealed class BackupArchive : IAsyncDisposable
{
    private const int LongestManifest = 16 << 20;
    private readonly ZipArchive archive;

    private BackupArchive(ZipArchive archive, BackupManifest manifest)
    {
        this.archive = archive;
        Manifest = manifest;
    }

    public BackupManifest Manifest { get; }

    /// <summary>Opens a backup and reads all of it once.</summary>
    /// <exception cref="BackupRefusedException">It is no backup, of a newer format, incomplete, or not as it was written.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<BackupArchive> OpenVerifiedAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file)) throw new BackupRefusedException($"{file} is not there.");
        ZipArchive? archive = null;
        try
        {
            archive = await ZipFile.OpenReadAsync(file, cancellation);
            var open = new BackupArchive(archive, await ReadManifestAsync(archive, file, cancellation));
            await open.VerifyAsync(file, cancellation);
            archive = null;
            return open;
        }
        catch (Exception broken) when (broken is InvalidDataException or JsonException or EndOfStreamException)
        {
            throw Damaged(file, "it cannot be read to its end");
        }
        finally
        {
            if (archive is not null) await archive.DisposeAsync();
        }
    }

    /// <summary>The rows of a table, as <c>COPY</c> takes them.</summary>
    internal Task<Stream> OpenAsync(BackupTable table, CancellationToken cancellation) => archive.GetEntry(table.File)!.OpenAsync(cancellation);

    public ValueTask DisposeAsync() => archive.DisposeAsync();

    private static async Task<BackupManifest> ReadManifestAsync(ZipArchive archive, string file, CancellationToken cancellation)
    {
        if (archive.GetEntry(DatabaseBackup.ManifestFile) is not { Length: <= LongestManifest } entry
            || archive.GetEntry(DatabaseBackup.ManifestSum) is not { Length: 64 } sum)
            throw new BackupRefusedException($"{file} is not a backup of a hub.");
        var json = await ReadAsync(entry, cancellation);
        if (Convert.ToHexStringLower(SHA256.HashData(json)) != Encoding.ASCII.GetString(await ReadAsync(sum, cancellation)))
            throw Damaged(file, "its manifest is not as it was written");
        using (var document = JsonDocument.Parse(json))
        {
            if (!document.RootElement.TryGetProperty("format", out var format) || format.GetInt32() != BackupManifest.CurrentFormat)
                throw new BackupRefusedException($"{file} is in a format that this build does not know. Restore it with the build that made it, or a newer one.");
        }

        return JsonSerializer.Deserialize(json, BackupJson.Default.BackupManifest)!;
    }

    private async Task VerifyAsync(string file, CancellationToken cancellation)
    {
        foreach (var table in Manifest.Tables)
        {
            if (archive.GetEntry(table.File) is not { } entry) throw Damaged(file, $"{table.File} is missing");
            await using var rows = await entry.OpenAsync(cancellation);
            var read = await Pump.RunAsync(rows, Stream.Null, cancellation);
            if ((read.Bytes, read.Lines, read.Sha256) != (table.Bytes, table.Rows, table.Sha256))
                throw Damaged(file, $"{table.File} is not as it was written");
        }
    }

    private static async Task<byte[]> ReadAsync(ZipArchiveEntry entry, CancellationToken cancellation)
    {
        await using var stream = await entry.OpenAsync(cancellation);
        var content = new byte[entry.Length];
        await stream.ReadExactlyAsync(content, cancellation);
        return content;
    }

    private static BackupRefusedException Damaged(string file, string how) =>
        new($"{file} is damaged: {how}. Nothing was restored. Take another copy of it, or an earlier backup.");
}
