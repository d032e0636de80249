using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace EmailOps.Core.Telemetry;

/// <summary>Listens to a few of this process's own instruments, those that alerts are made of. The meters belong to the process, and so does this.</summary>
internal sealed class VitalMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _levels = new();
    private readonly long[] _requestTimes = new long[VitalSample.Bounds.Count + 1], _processingTimes = new long[VitalSample.Bounds.Count + 1];
    private readonly Lock _sample = new();
    private long _processed, _failed, _errors, _requests, _serverErrors;

    public VitalMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is "emailops.process.cpu" or "emailops.process.memory" or "emailops.process.memory.limit" or "emailops.disk.free" or "emailops.disk.size" or "emailops.health.status"
                or "emailops.messages.processed" or "emailops.processing.duration" or "emailops.log.lines" or "http.server.request.duration")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Heard(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Heard(instrument.Name, value, tags));
        _listener.Start();
    }

    public static VitalMeter OfProcess => s_ofProcess.Value;

    private static readonly Lazy<VitalMeter> s_ofProcess = new(() => new VitalMeter());

    /// <summary>Names this process among others, for as long as it lives.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    public VitalSample Read()
    {
        lock (_sample)
        {
            _levels.Clear(); // a check or disk that is gone is not remembered
            _listener.RecordObservableInstruments();
            return new VitalSample
            {
                Processor = Level("emailops.process.cpu"), Memory = (long)Level("emailops.process.memory"), MemoryLimit = (long)Level("emailops.process.memory.limit"),
                Disks = _levels.Where(l => l.Key.StartsWith("emailops.disk.size ", StringComparison.Ordinal) && l.Value > 0)
                    .ToDictionary(l => l.Key["emailops.disk.size ".Length..], l => 1 - Level($"emailops.disk.free {l.Key["emailops.disk.size ".Length..]}") / l.Value),
                Health = _levels.Where(l => l.Key.StartsWith("emailops.health.status ", StringComparison.Ordinal)).ToDictionary(l => l.Key["emailops.health.status ".Length..], l => l.Value),
                Processed = Interlocked.Read(ref _processed), Failed = Interlocked.Read(ref _failed), ErrorLines = Interlocked.Read(ref _errors),
                Requests = Interlocked.Read(ref _requests), ServerErrors = Interlocked.Read(ref _serverErrors),
                RequestTimes = [.. _requestTimes], ProcessingTimes = [.. _processingTimes],
            };
        }
    }

    private double Level(string name) => _levels.GetValueOrDefault(name);

    private void Heard(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (name)
        {
            case "http.server.request.duration":
                Interlocked.Increment(ref _requests);
                if (Tag(tags, "http.response.status_code") is int and >= 500) Interlocked.Increment(ref _serverErrors);
                Count(_requestTimes, value);
                break;
            case "emailops.processing.duration":
                if (Tag(tags, "component") is "total") Count(_processingTimes, value);
                break;
            case "emailops.messages.processed":
                Interlocked.Add(ref Tag(tags, "status") is "success" ? ref _processed : ref _failed, (long)value);
                break;
            case "emailops.log.lines":
                if (Tag(tags, "level") is "error" or "critical") Interlocked.Add(ref _errors, (long)value);
                break;
            case "emailops.disk.free" or "emailops.disk.size":
                _levels[$"{name} {Tag(tags, "folder")}"] = value;
                break;
            case "emailops.health.status":
                _levels[$"{name} {Tag(tags, "service")} {Tag(tags, "check")}"] = value;
                break;
            default:
                _levels[name] = value;
                break;
        }
    }

    private static void Count(long[] buckets, double seconds)
    {
        var at = 0;
        while (at < VitalSample.Bounds.Count && seconds > VitalSample.Bounds[at]) at++;
        Interlocked.Increment(ref buckets[at]);
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
            if (tag.Key == name) return tag.Value;
        return null;
    }

    public void Dispose() => _listener.Dispose();
}
