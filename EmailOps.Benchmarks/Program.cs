using System.CommandLine;
using EmailOps.Benchmarks.Chaos;
using EmailOps.Benchmarks.Fuzz;
using EmailOps.Benchmarks.Grounding;
using EmailOps.Benchmarks.Imap;
using EmailOps.Benchmarks.Intake;
using EmailOps.Benchmarks.Lessons;
using EmailOps.Benchmarks.Mime;
using EmailOps.Benchmarks.Models;
using EmailOps.Benchmarks.Predict;
using EmailOps.Benchmarks.Queue;
using EmailOps.Benchmarks.Redis;
using EmailOps.Benchmarks.Scale;
using EmailOps.Benchmarks.Search;
using EmailOps.Benchmarks.Soak;
using EmailOps.Benchmarks.Throughput;

var root = new RootCommand("Figures for EmailOps: how right and how fast it is.")
{
    ChaosCommand.Create(),
    SkewedWorker.Create(),
    PredictCommand.Create(),
    ThroughputCommand.Create(),
    QueueCommand.Create(),
    MimeCommand.Create(),
    MimeCommand.CreateWork(),
    ImapCommandLine.Create(),
    FuzzCommand.Create(),
    IntakeCommand.Create(),
    GroundingCommand.Create(),
    TextModelCommand.Create(),
    TextModelCommand.CreateWork(),
    TriageSpeedCommand.Create(),
    SearchCommand.Create(),
    LearningCommand.Create(),
    RedisCommand.Create(),
    StarvedRedis.Create(),
    RowsCommand.Create(),
    ScaleCommand.Create(),
    SoakCommand.Create(),
};
// A worker ends by its own drain; the command line would cut it after two seconds and say 143.
return await root.Parse(args).InvokeAsync(args is [SkewedWorker.Name, ..] ? new InvocationConfiguration { ProcessTerminationTimeout = null } : null);
