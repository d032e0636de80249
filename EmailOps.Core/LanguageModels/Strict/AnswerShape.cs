using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmailOps.Core.LanguageModels.Strict;

/// <summary>
/// The one JSON object that a model may answer with: a schema for the model, and the same again as a check, since a schema is a wish. Every field is needed, no
/// other is allowed, lists are closed, numbers have ends, texts are cut to their length.
/// </summary>
/// <param name="name">Letters, digits, underscores; some servers want one.</param>
internal sealed class AnswerShape(string name)
{
    /// <summary>A text so many times as long as it may be is no slip: the whole answer is refused.</summary>
    private const int Overlong = 4;
    private const int LongestAnswer = 64 * 1024;
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private readonly List<Field> _fields = [];
    private JsonElement? _schema;

    private sealed record Field(string Name, JsonObject Schema, Func<JsonElement, (object? Value, string? Problem)> Read);

    public string Name => name;

    /// <summary>One of a closed list; read with <see cref="StrictFields.Text"/>.</summary>
    public AnswerShape Choice(string field, IReadOnlyCollection<string> allowed, string? description = null)
        => Add(field, new JsonObject { ["type"] = "string", ["enum"] = List(allowed) }, description, value => Allowed(value, allowed));

    /// <summary>Some of a closed list, each once; read with <see cref="StrictFields.Texts"/>.</summary>
    public AnswerShape Choices(string field, IReadOnlyCollection<string> allowed, int most, string? description = null)
        => Add(field, Many(new JsonObject { ["type"] = "string", ["enum"] = List(allowed) }, most), description, value => Each(value, most, item => Allowed(item, allowed)));

    public AnswerShape Whole(string field, int least, int most, string? description = null)
        => Add(field, new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most }, description, value =>
            value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? (number, null) : (null, $"must be a whole number from {least} to {most}"));

    public AnswerShape Number(string field, double least, double most, string? description = null)
        => Add(field, new JsonObject { ["type"] = "number", ["minimum"] = least, ["maximum"] = most }, description, value =>
            value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most ? (number, null)
                : (null, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"must be a number from {least} to {most}")));

    public AnswerShape Flag(string field, string? description = null)
        => Add(field, new JsonObject { ["type"] = "boolean" }, description, value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? (value.GetBoolean(), null) : (null, "must be true or false"));

    /// <param name="longest">In characters.</param>
    public AnswerShape Text(string field, int longest, bool mayBeEmpty = false, string? description = null)
    {
        var schema = new JsonObject { ["type"] = "string", ["maxLength"] = longest };
        if (!mayBeEmpty) schema["minLength"] = 1;
        return Add(field, schema, description, value => Cut(value, longest, mayBeEmpty));
    }

    public AnswerShape Texts(string field, int most, int longest, string? description = null)
        => Add(field, Many(new JsonObject { ["type"] = "string", ["maxLength"] = longest }, most), description, value => Each(value, most, item => Cut(item, longest, false)));

    /// <summary>For <see cref="Microsoft.Extensions.AI.ChatResponseFormat.ForJsonSchema(JsonElement, string?, string?)"/>.</summary>
    public JsonElement Schema => _schema ??= JsonSerializer.SerializeToElement(new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(_fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Schema.DeepClone()))),
        ["required"] = List(_fields.Select(f => f.Name)),
        ["additionalProperties"] = false,
    });

    /// <summary>Takes an answer only as a whole.</summary>
    /// <param name="instructions">Texts that repeat a piece of them are refused; null: not looked at.</param>
    public ShapeResult Read(string answer, string? instructions = null)
    {
        if (answer.Length > LongestAnswer) return new ShapeResult(null, AnswerFailure.WrongShape, [$"it has more than {LongestAnswer} characters"]);
        try
        {
            using var json = JsonDocument.Parse(AnswerText.Bare(answer), Reading);
            return Read(json.RootElement, instructions);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, which JSON can spell and a text cannot hold.
            return instructions is not null && AnswerText.Repeats(answer, instructions)
                ? new ShapeResult(null, AnswerFailure.Echoed, ["it repeats the instructions instead of following them"])
                : new ShapeResult(null, AnswerFailure.NotJson, ["it is not one whole JSON object"]);
        }
    }

    private ShapeResult Read(JsonElement root, string? instructions)
    {
        if (root.ValueKind != JsonValueKind.Object) return new ShapeResult(null, AnswerFailure.NotJson, ["it is not a JSON object"]);
        var (problems, values) = (new List<string>(), new Dictionary<string, object>(StringComparer.Ordinal));
        foreach (var field in _fields)
        {
            if (!root.TryGetProperty(field.Name, out var value)) problems.Add($"\"{field.Name}\" is missing");
            else if (field.Read(value) is { Problem: { } problem }) problems.Add($"\"{field.Name}\" {problem}");
            else values[field.Name] = field.Read(value).Value!;
        }
        if (root.EnumerateObject().Any(p => !_fields.Exists(f => f.Name == p.Name))) problems.Add($"only these fields are allowed: {string.Join(", ", _fields.Select(f => f.Name))}");
        if (problems.Count > 0) return new ShapeResult(null, AnswerFailure.WrongShape, problems);
        return instructions is not null && values.Values.SelectMany(v => v as IReadOnlyList<string> ?? (v is string text ? [text] : [])).Any(text => AnswerText.Repeats(text, instructions))
            ? new ShapeResult(null, AnswerFailure.Echoed, ["a text repeats the instructions instead of following them"])
            : new ShapeResult(new StrictFields(values), null, []);
    }

    private AnswerShape Add(string field, JsonObject schema, string? description, Func<JsonElement, (object?, string?)> read)
    {
        if (description is not null) schema["description"] = description;
        _fields.Add(new Field(field, schema, read));
        _schema = null;
        return this;
    }

    private static JsonObject Many(JsonObject item, int most) => new() { ["type"] = "array", ["items"] = item, ["maxItems"] = most };

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);

    private static (object?, string?) Allowed(JsonElement value, IReadOnlyCollection<string> allowed)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : null;
        return allowed.FirstOrDefault(a => a.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known ? (known, null) : (null, $"must be one of: {string.Join(", ", allowed.Take(100))}");
    }

    private static (object?, string?) Cut(JsonElement value, int longest, bool mayBeEmpty)
    {
        if (value.ValueKind != JsonValueKind.String) return (null, "must be a text");
        var text = AnswerText.Clean(value.GetString()!);
        if (text.Length > longest * Overlong) return (null, $"must have at most {longest} characters");
        return text.Length == 0 && !mayBeEmpty ? (null, "must not be empty") : (AnswerText.Cut(text, longest), null);
    }

    private static (object?, string?) Each(JsonElement value, int most, Func<JsonElement, (object? Value, string? Problem)> read)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most) return (null, $"must be a list of at most {most}");
        var items = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            var (text, problem) = read(item);
            if (problem is not null) return (null, $"has an entry that {problem}");
            if (!items.Contains((string)text!)) items.Add((string)text!);
        }
        return (items, null);
    }
}

/// <summary>What an answer said, all of it as the shape has it.</summary>
internal sealed class StrictFields(IReadOnlyDictionary<string, object> values)
{
    public string Text(string field) => (string)values[field];
    public IReadOnlyList<string> Texts(string field) => (IReadOnlyList<string>)values[field];
    public int Whole(string field) => (int)values[field];
    public double Number(string field) => (double)values[field];
    public bool Flag(string field) => (bool)values[field];
}

/// <param name="Fields">Null when it does not fit.</param>
/// <param name="Problems">What is wrong, in words for the model; they hold nothing of the answer.</param>
internal sealed record ShapeResult(StrictFields? Fields, AnswerFailure? Failure, IReadOnlyList<string> Problems);
