using System.Text.Json;
using System.Text.Json.Serialization;
using EmailOps.Core.Contracts;

namespace EmailOps.Core.Triage;

/// <summary>
/// The runs of a result as they are stored: <c>["language", 55, 19, "Ran", "Written in en."]</c> instead of an object with five names, which were a fifth of
/// every result's bytes. Results stored before are objects; both are read.
/// </summary>
internal sealed class StoredRuns : JsonConverter<IReadOnlyList<AgentRun>>
{
    public override IReadOnlyList<AgentRun> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Runs are a list.");
        var runs = new List<AgentRun>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) runs.Add(reader.TokenType == JsonTokenType.StartArray ? Short(ref reader, options) : Long(ref reader, options));
        return runs;
    }

    private static AgentRun Long(ref Utf8JsonReader reader, JsonSerializerOptions options)
        => JsonSerializer.Deserialize<AgentRun>(ref reader, options) ?? throw new JsonException("A stored run is null.");

    private static AgentRun Short(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var agent = Text(ref reader);
        reader.Read();
        var duration = reader.GetInt64();
        reader.Read();
        var started = reader.GetInt64();
        var outcome = Enum.Parse<AgentOutcome>(Text(ref reader));
        var detail = Text(ref reader);
        reader.Read();
        ModelStamp? model = null;
        if (reader.TokenType != JsonTokenType.EndArray)
        {
            model = JsonSerializer.Deserialize<ModelStamp>(ref reader, options);
            reader.Read();
        }
        return reader.TokenType == JsonTokenType.EndArray ? new AgentRun(agent, started, duration, outcome, detail, model) : throw new JsonException("A stored run has more parts than are known.");
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString() ?? throw new JsonException("A stored run lacks a part.");
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<AgentRun> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var run in value)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(run.Agent);
            writer.WriteNumberValue(run.DurationMicroseconds);
            writer.WriteNumberValue(run.StartedMicroseconds);
            writer.WriteStringValue(run.Outcome.ToString());
            writer.WriteStringValue(run.Detail);
            if (run.Model is { } model) JsonSerializer.Serialize(writer, model, options);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }
}
