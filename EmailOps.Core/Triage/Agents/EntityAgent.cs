using EmailOps.Core.Contracts;
using EmailOps.Core.Triage.Entities;

namespace EmailOps.Core.Triage.Agents;

/// <summary>Collects what subject and new words name: numbers, amounts, dates, addresses.</summary>
internal sealed class EntityAgent : IAgent
{
    /// <summary>A club's order list must not fill the result.</summary>
    private const int Limit = 60;

    public string Name => "entities";

    public string? SkipReason(TriageContext context) => context.Text.Tokens.IsEmpty ? "There are no words." : null;

    public string Run(TriageContext context)
    {
        List<FoundEntity> found = [];
        EntityReader.Read(context.Text, context.Found.Language, DateOnly.FromDateTime(context.Message.ReceivedAt.UtcDateTime), Limit, found);
        foreach (var entity in found)
        {
            var text = context.Text.Text.Substring(entity.Start, entity.Length);
            if (!context.Found.Entities.Exists(e => e.Kind == entity.Kind && e.Value == entity.Value))
                context.Found.Entities.Add(new Entity(entity.Kind, text, entity.Value));
        }
        return context.Found.Entities.Count switch { 0 => "Nothing named.", 1 => "1 thing named.", var n => $"{n} things named." };
    }
}
