using System.Text.Json;
using System.Text.Json.Nodes;

namespace EmailOps.Core.LanguageModels.Strict;

/// <summary>
/// The one JSON object that a model may answer with: a schema for the model, and the same again as a check, since a schema is a wish. Every field is needed, no
/// other is allowed, lists are closed, numbers have ends, texts have lengths. The schema keeps to what Ollama and OpenAI both hold models to: OpenAI refuses
/// a question whose strict schema names lengths, so these stand in the check alone.
/// </summary>
/// <param name="name">Letters, digits, underscores; some servers want one.</param>
internal sealed class AnswerShape(string name)
{
    /// <summary>A line so many times as long as it may be is no slip: the whole answer is refused.</summary>
    private const int Overlong = 4;
    private const int LongestAnswer = 20_000;
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private readonly List<Field> _fields = [];

    private sealed record Field(string Name, Func<JsonObject> Schema, Func<JsonElement, (object? Value, string? Problem)> Read);

    public string Name => name;

    /// <summary>One of a closed list; read with <see cref="StrictFields.Text"/>.</summary>
    public AnswerShape Choice(string field, IReadOnlyCollection<string> allowed)
        => Add(field, () => new JsonObject { ["type"] = "string", ["enum"] = List(allowed) }, value => value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is var text && allowed.Contains(text)
            ? (text, null) : (null, $"must be one of: {string.Join(", ", allowed.Take(100))}"));

    public AnswerShape Whole(string field, int least, int most) => Add(field, () => WholeSchema(least, most), value => WholeOf(value, least, most) is { } number ? (number, null) : (null, $"must be a whole number from {least} to {most}"));

    /// <summary>One to <paramref name="count"/> numbers, each kept once.</summary>
    public AnswerShape Wholes(string field, int least, int most, int count) => Add(field, () => Many(WholeSchema(least, most)), value =>
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is var length && (length == 0 || length > count)) return (null, $"must be a list of 1 to {count} numbers");
        List<int?> numbers = [.. value.EnumerateArray().Select(item => WholeOf(item, least, most)).Distinct()];
        return numbers.Contains(null) ? (null, $"has an entry that must be a whole number from {least} to {most}") : (numbers.ConvertAll(n => n!.Value), null);
    });

    /// <summary>One line of visible characters, cut to its length; read with <see cref="StrictFields.Text"/>.</summary>
    /// <param name="longest">In characters.</param>
    public AnswerShape Line(string field, int longest, bool mayBeEmpty = false)
        => Add(field, TextSchema, value => Said(value, longest * Overlong, longest, mayBeEmpty) is var (text, problem) && text is not null ? (AnswerText.Cut(AnswerText.OneLine(text), longest), null) : (null, problem));

    /// <summary>Visible characters in lines. It is never cut, since half of what was said may say something else; read with <see cref="StrictFields.Text"/>.</summary>
    /// <param name="longest">In characters.</param>
    public AnswerShape Text(string field, int longest) => Add(field, TextSchema, value => Said(value, longest, longest, false));

    /// <summary>None to <paramref name="most"/> objects of a shape.</summary>
    public AnswerShape Objects(string field, AnswerShape item, int most) => Add(field, () => Many(item.ObjectSchema()), value =>
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most) return (null, $"must be a list of at most {most}");
        var items = new List<StrictFields>();
        foreach (var entry in value.EnumerateArray())
        {
            var (fields, problems) = item.Fields(entry);
            if (fields is null) return (null, $"has an entry where {problems[0]}");
            items.Add(fields);
        }
        return (items, null);
    });

    /// <summary>For <see cref="Microsoft.Extensions.AI.ChatResponseFormat.ForJsonSchema(JsonElement, string?, string?)"/>.</summary>
    public JsonElement Schema => JsonSerializer.SerializeToElement(ObjectSchema());

    /// <summary>Takes an answer only as a whole.</summary>
    /// <param name="rules">Answers that repeat a piece of them are refused; null: not looked at.</param>
    public ShapeResult Read(string answer, string? rules = null)
    {
        if (answer.Length > LongestAnswer) return new ShapeResult(null, AnswerFailure.WrongShape, [$"it has more than {LongestAnswer} characters"]);
        try
        {
            using var json = JsonDocument.Parse(AnswerText.Bare(answer), Reading);
            if (json.RootElement.ValueKind != JsonValueKind.Object) return new ShapeResult(null, AnswerFailure.NotJson, ["it is not a JSON object"]);
            var (fields, problems) = Fields(json.RootElement);
            if (fields is null) return new ShapeResult(null, AnswerFailure.WrongShape, problems);
            return rules is not null && fields.Texts.Any(text => AnswerText.Repeats(text, rules))
                ? new ShapeResult(null, AnswerFailure.Echoed, ["a text repeats the instructions instead of following them"])
                : new ShapeResult(fields, null, []);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair, which JSON can spell and a text cannot hold.
            return rules is not null && AnswerText.Repeats(answer, rules)
                ? new ShapeResult(null, AnswerFailure.Echoed, ["it repeats the instructions instead of following them"])
                : new ShapeResult(null, AnswerFailure.NotJson, ["it is not one whole JSON object"]);
        }
    }

    private (StrictFields? Fields, IReadOnlyList<string> Problems) Fields(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return (null, ["a JSON object is missing"]);
        var (problems, values) = (new List<string>(), new Dictionary<string, object>(StringComparer.Ordinal));
        foreach (var field in _fields)
        {
            if (!item.TryGetProperty(field.Name, out var said))
            {
                problems.Add($"\"{field.Name}\" is missing");
                continue;
            }
            var (value, problem) = field.Read(said);
            if (value is not null) values[field.Name] = value;
            else problems.Add($"\"{field.Name}\" {problem}");
        }
        if (item.EnumerateObject().Any(p => !_fields.Exists(f => f.Name == p.Name))) problems.Add($"only these fields are allowed: {string.Join(", ", _fields.Select(f => f.Name))}");
        return problems.Count > 0 ? (null, problems) : (new StrictFields(values), problems);
    }

    private AnswerShape Add(string field, Func<JsonObject> schema, Func<JsonElement, (object?, string?)> read)
    {
        _fields.Add(new Field(field, schema, read));
        return this;
    }

    private JsonObject ObjectSchema() => new()
    {
        ["type"] = "object",
        ["required"] = List(_fields.Select(f => f.Name)),
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(_fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Schema()))),
    };

    private static JsonObject TextSchema() => new() { ["type"] = "string" };

    private static JsonObject WholeSchema(int least, int most) => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    private static JsonObject Many(JsonObject item) => new() { ["type"] = "array", ["items"] = item };

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);

    private static int? WholeOf(JsonElement value, int least, int most) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number : null;

    /// <param name="refused">Above so many characters.</param>
    /// <param name="longest">What the model is told.</param>
    private static (string? Value, string? Problem) Said(JsonElement value, int refused, int longest, bool mayBeEmpty)
    {
        if (value.ValueKind != JsonValueKind.String) return (null, "must be a text");
        if (value.GetString()!.Length > refused) return (null, $"must have at most {longest} characters");
        var text = AnswerText.Clean(value.GetString()!);
        return text.Length == 0 && !mayBeEmpty ? (null, "must not be empty") : (text, null);
    }
}

/// <summary>What an answer said, all of it as the shape has it.</summary>
internal sealed class StrictFields(IReadOnlyDictionary<string, object> values)
{
    public string Text(string field) => (string)values[field];
    public int Whole(string field) => (int)values[field];
    public IReadOnlyList<int> Wholes(string field) => (IReadOnlyList<int>)values[field];
    public IReadOnlyList<StrictFields> Objects(string field) => (IReadOnlyList<StrictFields>)values[field];

    /// <summary>All of them, those of objects too.</summary>
    public IEnumerable<string> Texts => values.Values.SelectMany(v => v switch { string text => [text], IReadOnlyList<StrictFields> items => items.SelectMany(i => i.Texts), _ => Enumerable.Empty<string>() });
}

/// <param name="Fields">Null when it does not fit.</param>
/// <param name="Problems">What is wrong, in words for the model; they hold nothing of the answer.</param>
internal sealed record ShapeResult(StrictFields? Fields, AnswerFailure? Failure, IReadOnlyList<string> Problems);
