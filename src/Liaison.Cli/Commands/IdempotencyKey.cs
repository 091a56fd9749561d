using System.CommandLine;

namespace Liaison.Cli.Commands;

/// <summary>The option <c>--idempotency-key</c>: a write sent twice under one key takes effect once.</summary>
internal static class IdempotencyKey
{
    public static Option<string?> Option()
    {
        var option = new Option<string?>("--idempotency-key")
        {
            Description = "The same key and input take effect only once, however often they are sent", HelpName = "KEY",
        };
        option.Validators.Add(result =>
        {
            var key = result.GetValueOrDefault<string?>();
            if (key is null or { Length: > 128 or 0 } || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
                result.AddError("--idempotency-key takes 1 to 128 visible ASCII characters.");
        });
        return option;
    }
}
