namespace Liaison.Platform.Access;

/// <summary>Who stands behind a bearer token. The Members module answers (docs/adr/0012-who-stands-behind-a-token.md).</summary>
/// <remarks>Thread-safe.</remarks>
public interface ICallers
{
    /// <summary>The caller when this node checked the token lately and nothing was taken away since; null says nothing: ask <see cref="FindAsync"/>.</summary>
    Caller? Recall(ReadOnlySpan<char> token);

    /// <summary>True when this node found somebody behind the token once and nobody can say yet that it has ended: no guess, in any case.</summary>
    bool HasMet(ReadOnlySpan<char> token);

    /// <summary>The caller, or null when the token is unknown, has ended, or its account may not act.</summary>
    Task<Caller?> FindAsync(string token, CancellationToken cancellation);

    /// <summary>The caller that an account would be now, or null when it may not act: for what is done in its name while it is not there.</summary>
    Task<Caller?> OfAccountAsync(string account, CancellationToken cancellation);
}
