using System.CommandLine;
using EmailOps.Benchmarks.Predict;
using EmailOps.Benchmarks.Throughput;

var root = new RootCommand("Figures for EmailOps: how right and how fast it is.")
{
    PredictCommand.Create(),
    ThroughputCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
