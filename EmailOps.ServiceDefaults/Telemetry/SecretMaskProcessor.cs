using EmailOps.ServiceDefaults.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace EmailOps.ServiceDefaults.Telemetry;

/// <summary>Masks the secrets in log records that leave by OTLP, as the log lines do for themselves.</summary>
internal sealed class SecretMaskProcessor(SecretMask mask) : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        if (data.FormattedMessage is { } message)
            data.FormattedMessage = mask.Apply(message);
        if (data.Attributes is not { } attributes)
            return;
        data.Attributes = [.. attributes.Select(attribute => attribute.Value is string text ? new KeyValuePair<string, object?>(attribute.Key, mask.Apply(text)) : attribute)];
    }
}
