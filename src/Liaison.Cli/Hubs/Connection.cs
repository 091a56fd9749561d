namespace Liaison.Cli.Hubs;

/// <summary>Opens the way to a hub, and says in a person's words why it failed.</summary>
internal static class Connection
{
    /// <param name="address">Of the hub.</param>
    /// <param name="patience">For a whole request; infinite where the hub is sent what may take hours.</param>
    public static HttpClient Open(Uri address, TimeSpan patience)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false, // A redirect would carry the question to a place nobody chose.
            UseCookies = false,
            UseProxy = !address.IsLoopback,
            // Lets the hub refuse an upload by its length before a byte of it is sent.
            Expect100ContinueTimeout = TimeSpan.FromSeconds(5),
        };
        return new HttpClient(handler) { BaseAddress = address, Timeout = patience };
    }

    public static string Explain(HttpRequestException fault, Uri address)
    {
        var place = Session.Plain(address);
        return fault.HttpRequestError switch
        {
            HttpRequestError.ConnectionError when address.IsLoopback => $"No hub answers at {place}: start it with ./run",
            HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError =>
                $"No hub answers at {place}: check the address and the network, or start one here with ./run",
            HttpRequestError.SecureConnectionError =>
                $"The certificate of {place} was not accepted: check the address, or have its operator renew it.",
            _ => $"The connection to {place} broke before it answered: ask again, and look at the hub's log if it stays so.",
        };
    }
}
