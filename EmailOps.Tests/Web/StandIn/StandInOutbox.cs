using EmailOps.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Web.StandIn;

/// <summary>A reply in every state, and brakes. Moves only as the Api would: from where it stands.</summary>
internal sealed class StandInOutbox
{
    private readonly Lock _gate = new();
    private List<OutboundView> _replies = [];
    private List<BrakeView> _brakes = [];

    /// <summary>Fills it; empty until then, so that other tests see what messages carry only.</summary>
    public void Fill(DateTimeOffset now)
    {
        lock (_gate)
        {
            _replies =
            [
                .. Enum.GetValues<OutboundState>().Select((state, i) => new OutboundView(100 + i, 1 + i, $"ada{i}@customer.example.test", $"Re: A parcel that is {state}", "Dear Ada,\n\nit is on its way.", state, Detail(state),
                    now.AddMinutes(-i), state is OutboundState.Sent or OutboundState.Bounced ? now.AddMinutes(-1) : null, state is OutboundState.Held, state is OutboundState.Held ? now.AddSeconds(110) : null,
                    state is OutboundState.Failed ? "550 5.1.1 <ada@customer.example.test> \u202Eno such user" : null, state is OutboundState.Bounced ? "5.1.1" : null, state is OutboundState.Bounced ? 7 : null)),
            ];
            _brakes =
            [
                new(1, 1, "robot@machine.example.test", "robot@machine.example.test wrote nearly the same 3 times within a day: probably a robot.", now.AddMinutes(-20), null),
                new(2, 1, null, "200 automatic answers left this mailbox within an hour; the limit is 200.", now.AddMinutes(-3), now.AddMinutes(57)),
            ];
        }
    }

    public IReadOnlyList<OutboundView> Replies
    {
        get
        {
            lock (_gate)
                return [.. _replies];
        }
    }

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Brakes, () => _brakes);
        app.MapPost(Routes.BrakeLift, (long id) =>
        {
            lock (_gate)
                return _brakes.RemoveAll(brake => brake.Id == id) > 0 ? Results.NoContent() : Results.Problem("There is no brake in force of that id.", statusCode: 404, title: "Not found");
        });
        app.MapPost(Routes.OutboundCancel, (long id) => Move(id, OutboundState.Cancelled, OutboundState.Held, OutboundState.Queued, OutboundState.Failed));
        app.MapPost(Routes.OutboundSendNow, (long id) => Move(id, OutboundState.Queued, OutboundState.Held, OutboundState.Queued));
        app.MapPost(Routes.OutboundSettle, (long id, SettleOutbound body) => body.WasSent ? Move(id, OutboundState.Sent, OutboundState.Unknown) : Move(id, OutboundState.Queued, OutboundState.Unknown, OutboundState.Failed));
    }

    private IResult Move(long id, OutboundState to, params OutboundState[] from)
    {
        lock (_gate)
        {
            var at = _replies.FindIndex(reply => reply.Id == id && from.Contains(reply.State));
            if (at < 0)
                return Results.Problem($"The reply {id} is past the point where that can be done.", statusCode: 409, title: "Too late");
            _replies[at] = _replies[at] with { State = to, Detail = null, HoldUntil = null };
            return Results.Ok(_replies[at]);
        }
    }

    private static string? Detail(OutboundState state) => state switch
    {
        OutboundState.Unknown => "The answer of the server was lost, and the reply is not in the Sent folder. Ask the correspondent, or look in the server's log; then say that it arrived, or send it again.",
        OutboundState.Failed => "The server refused the recipient. It was not sent. Undo to change it, or send it again once the cause is mended.",
        OutboundState.Bounced => "It did not arrive (5.1.1). The server said: no such user.",
        OutboundState.Cancelled => "Not sent: a new message came into the thread, so the answer may no longer fit.",
        OutboundState.Withheld => "Not sent: this mailbox has no transport yet.",
        _ => null,
    };
}
