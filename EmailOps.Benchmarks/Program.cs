using System.CommandLine;
using EmailOps.Benchmarks.Predict;

var root = new RootCommand("Figures for EmailOps: how right and how fast it is.")
{
    PredictCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
