using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Platform.Attachments;

/// <summary>Attachments in the database. Who may see one is for the module to say whose thing it hangs on.</summary>
public static class AttachmentRows
{
    private const int Piece = 256 << 10;

    /// <summary>Stores it within the connection's transaction.</summary>
    public static async Task InsertAsync(NpgsqlConnection connection, Attachment attachment, Upload upload, CancellationToken cancellation)
    {
        await connection.DoAsync("""
            INSERT INTO platform.attachment (id, holder, part, member, account, at, name, type, bytes, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, cancellation, attachment.Id, attachment.Holder, attachment.Part, attachment.Member, attachment.Account, attachment.At, attachment.Name,
            attachment.Type, attachment.Bytes, attachment.Sha256);
        var content = upload.Content;
        content.Position = 0;
        var piece = new byte[Piece];
        for (var number = 0; await content.ReadAtLeastAsync(piece, Piece, throwOnEndOfStream: false, cancellation) is > 0 and var read; number++)
        {
            await connection.DoAsync("INSERT INTO platform.attachment_piece (attachment, number, content) VALUES ($1, $2, $3)", cancellation,
                attachment.Id, number, read == Piece ? piece : piece[..read]);
        }
    }

    /// <summary>Those of the ids that are there.</summary>
    public static Task<List<Attachment>> FindAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellation) => connection.ReadAsync("""
        SELECT id, holder, part, member, account, at, name, type, bytes, sha256 FROM platform.attachment WHERE id = ANY($1)
        """, r => new Attachment
        {
            Id = r.GetGuid(0), Holder = r.GetGuid(1), Part = r.GetGuid(2), Member = r.GetString(3), Account = r.GetString(4), At = r.Moment(5),
            Name = r.GetString(6), Type = r.GetString(7), Bytes = r.GetInt32(8), Sha256 = r.GetFieldValue<byte[]>(9),
        }, cancellation, (object)ids);

    /// <summary>How many bytes lie in a part of a holder.</summary>
    public static async Task<long> TakenAsync(NpgsqlConnection connection, Guid holder, Guid part, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT coalesce(sum(bytes), 0) FROM platform.attachment WHERE holder = $1 AND part = $2", r => r.GetInt64(0), cancellation,
            holder, part))[0];

    /// <summary>Removes what hangs on the holders.</summary>
    public static Task<int> RemoveAsync(NpgsqlConnection connection, Guid[] holders, CancellationToken cancellation) =>
        connection.DoAsync("DELETE FROM platform.attachment WHERE holder = ANY($1)", cancellation, (object)holders);

    /// <summary>
    /// Copies the bytes. Each piece is read by itself: whoever takes them slowly holds no connection meanwhile.
    /// </summary>
    internal static async Task CopyAsync(NpgsqlDataSource database, Attachment attachment, Stream to, CancellationToken cancellation)
    {
        for (var (number, left) = (0, attachment.Bytes); left > 0; number++)
        {
            byte[] piece;
            await using (var connection = await database.OpenConnectionAsync(cancellation))
            {
                piece = (await connection.ReadAsync("SELECT content FROM platform.attachment_piece WHERE attachment = $1 AND number = $2",
                    r => r.GetFieldValue<byte[]>(0), cancellation, attachment.Id, number))[0];
            }

            await to.WriteAsync(piece, cancellation);
            left -= piece.Length;
        }
    }
}
