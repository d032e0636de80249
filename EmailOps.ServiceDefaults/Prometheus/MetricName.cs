using System.Diagnostics.Metrics;
using System.Text;

namespace EmailOps.ServiceDefaults.Prometheus;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>Names as Prometheus wants them: http.server.request.duration in s is http_server_request_duration_seconds.</summary>
internal static class MetricName
{
    public static string Of(Instrument instrument, MetricKind kind)
    {
        var name = Clean(instrument.Name);
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            _ => "",
        };
        // _count belongs to histograms; a gauge of that name (dotnet.timer.count) is called an error by promtool.
        if (kind == MetricKind.Gauge && name.EndsWith("_count", StringComparison.Ordinal))
            name = name[..^"_count".Length] + "_current";
        if (!name.EndsWith(unit, StringComparison.Ordinal) && !name.EndsWith($"{unit}_total", StringComparison.Ordinal))
            name += unit;
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    // [a-zA-Z_:][a-zA-Z0-9_:]*
    public static string Clean(string name)
    {
        var result = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            result.Append('_');
        foreach (var c in name)
            result.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or ':' ? c : '_');
        return result.ToString();
    }

    // A label's name has no colon.
    public static void AppendLabel(ref LabelText labels, string name, object? value)
    {
        if (value is null)
            return;
        labels.Append(labels.IsEmpty ? "" : ",");
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            labels.Append('_');
        foreach (var c in name)
            labels.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        labels.Append("=\"");
        labels.AppendEscaped(value);
        labels.Append('"');
    }
}
