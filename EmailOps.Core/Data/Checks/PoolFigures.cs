using System.Diagnostics.Metrics;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Data.Checks;

/// <summary>How full this process's pool of connections is, read off Npgsql's own instruments: it tells it nowhere else.</summary>
internal sealed class PoolFigures : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _turn = new();
    private long _used, _idle, _size, _waiting;

    public PoolFigures()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Npgsql" && instrument.Name is "db.client.connection.count" or "db.client.connection.max" or "db.client.connection.npgsql.pending_requests")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    public PoolView Read()
    {
        lock (_turn)
        {
            (_used, _idle, _size) = (0, 0, 0);
            _listener.RecordObservableInstruments();
            return new PoolView(_used, _idle, _size, Math.Max(0, Interlocked.Read(ref _waiting)));
        }
    }

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        switch (instrument.Name)
        {
            case "db.client.connection.max": _size += value; break;
            case "db.client.connection.npgsql.pending_requests": Interlocked.Add(ref _waiting, value); break; // changes, as they happen
            case var _ when IsUsed(tags): _used += value; break;
            default: _idle += value; break;
        }
    }

    private static bool IsUsed(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
            if (tag.Key == "db.client.connection.state") return tag.Value as string == "used";
        return false;
    }

    public void Dispose() => _listener.Dispose();
}
