using Liaison.Hub;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ApiTests.Operation;

public sealed class FailedPartsTests
{
    [Fact]
    public async Task The_log_says_which_part_ended_the_hub_and_where_and_not_what_its_message_quotes()
    {
        using var log = new Log();
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.ClearProviders().AddProvider(log))
            .AddHostedService<Sound>().AddHostedService<Broken>()
            .BuildServiceProvider();
        foreach (var part in services.GetServices<IHostedService>()) await part.StartAsync(CancellationToken.None);
        var broken = services.GetServices<IHostedService>().OfType<Broken>().Single();
        await broken.ExecuteTask!.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));

        FailedParts.Tell(services);

        var line = Assert.Single(log.Lines);
        Assert.StartsWith("Critical Broken failed, and the hub with it: FormatException\n", line, StringComparison.Ordinal);
        Assert.Contains(nameof(Broken) + ".ExecuteAsync", line, StringComparison.Ordinal);
        Assert.DoesNotContain("L898902C3", line, StringComparison.Ordinal);
    }

    private sealed class Log : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }

    private sealed class Sound : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }

    private sealed class Broken : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new FormatException("L898902C3 is no number.");
        }
    }
}
