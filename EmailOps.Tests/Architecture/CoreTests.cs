using System.Reflection;

namespace EmailOps.Tests.Architecture;

public sealed class CoreTests
{
    private const string Prefix = "EmailOps.Core.";

    /// <summary>In the order a message goes through them: each may name those before it.</summary>
    private static readonly string[] Rooms = ["Mailboxes", "Messages", "Knowledge", "Drafts", "Triage", "Policy", "Delivery", "Escalations", "Analytics"];

    /// <summary>Every room may name these, and they know no room.</summary>
    private static readonly string[] Corridors = ["Contracts", "Work", "Audit", "Telemetry", "Learning", "LanguageModels", "Outgoing", "Alerts", "Schedules"];

    /// <summary>Knows every room, and no room knows it.</summary>
    private const string Store = "Data";

    private static readonly Assembly Core = Assembly.Load("EmailOps.Core");

    [Fact]
    public void Rooms_name_only_rooms_before_them_and_corridors() => House.Rule(
        $"In Core a room may name the rooms to its left and the corridors: {string.Join(" < ", Rooms)}; corridors ({string.Join(", ", Corridors)}) name no room; nobody but {Store} names {Store}.",
        Core.GetTypes().Where(type => RoomOf(type) is not (null or Store)).SelectMany(type => Mentions.Of(type)
            .Where(other => other.Assembly == Core && RoomOf(other) is { } room && !MayName(RoomOf(type)!, room))
            .Select(other => $"{Outer(type)} ({RoomOf(type)}) names {Outer(other)} ({RoomOf(other)})")).Distinct());

    [Fact]
    public void Every_folder_of_Core_is_a_room_a_corridor_or_the_store() => House.Rule(
        "A new folder of Core needs its place in the order: add it to this test and to docs/architecture.md.",
        Core.GetTypes().Select(RoomOf).OfType<string>().Distinct().Where(room => !Rooms.Contains(room) && !Corridors.Contains(room) && room != Store));

    [Fact]
    public void Only_contracts_are_public() => House.Rule(
        "Core is internal: only types in EmailOps.Core.Contracts (and exceptions, which leave it) are public; friends see the rest.",
        Core.GetExportedTypes().Where(type => RoomOf(type) != "Contracts" && !type.IsSubclassOf(typeof(Exception))).Select(type => type.FullName!));

    private static bool MayName(string room, string other) =>
        room == other || Corridors.Contains(other) || (Rooms.Contains(room) && Rooms.Contains(other) && Array.IndexOf(Rooms, other) < Array.IndexOf(Rooms, room));

    // Compiler-made types of the assembly have no namespace of ours.
    private static string? RoomOf(Type type) => type.Namespace is { } space && space.StartsWith(Prefix, StringComparison.Ordinal) ? space[Prefix.Length..].Split('.')[0] : null;

    private static string Outer(Type type) => type.DeclaringType is { } outer ? Outer(outer) : type.Name;
}
