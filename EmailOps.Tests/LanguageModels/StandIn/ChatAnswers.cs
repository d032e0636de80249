using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmailOps.Tests.LanguageModels.StandIn;

/// <summary>Answers as the two protocols send them: whole, or in pieces (lines of JSON; server-sent events).</summary>
internal static class ChatAnswers
{
    private const int Piece = 7;

    public static async Task SendAsync(HttpContext context, AskedModel asked, ModelSays says)
    {
        if (says.Wait > TimeSpan.Zero) await Task.Delay(says.Wait, context.RequestAborted);
        if (says.Instead is { } instead) await instead(context);
        else if (says.IsEndless) await EndlessAsync(context, asked, says.Pause);
        else if (asked.Stream) await StreamAsync(context, asked, says);
        else await WholeAsync(context, asked, says);
    }

    /// <summary>As good as any count: four characters a token.</summary>
    public static int Tokens(string text) => (text.Length / 4) + 1;

    private static async Task WholeAsync(HttpContext context, AskedModel asked, ModelSays says)
    {
        var bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Message(asked, says.Answer!, says.Reason)));
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, says.IsCut ? bytes.Length / 2 : bytes.Length), context.RequestAborted);
        if (says.IsCut) await CutAsync(context);
    }

    private static async Task StreamAsync(HttpContext context, AskedModel asked, ModelSays says)
    {
        Begin(context, asked);
        for (var at = 0; at < says.Answer!.Length; at += Piece)
        {
            await PieceAsync(context, asked, says.Answer.Substring(at, Math.Min(Piece, says.Answer.Length - at)));
            if (says.IsCut && at > says.Answer.Length / 2)
            {
                await CutAsync(context);
                return;
            }
        }
        if (!asked.IsOpenAi)
        {
            await WriteAsync(context, JsonSerializer.Serialize(Message(asked, "", says.Reason, said: says.Answer)) + "\n");
            return;
        }
        var (tokensIn, tokensOut) = (asked.Messages.Sum(m => Tokens(m.Text)), Tokens(says.Answer));
        await WriteAsync(context, Event(new { id = "chatcmpl-1", @object = "chat.completion.chunk", model = asked.Model, choices = new[] { new { index = 0, delta = new { }, finish_reason = says.Reason } } }));
        await WriteAsync(context, Event(new { id = "chatcmpl-1", @object = "chat.completion.chunk", model = asked.Model, choices = Array.Empty<object>(), usage = new { prompt_tokens = tokensIn, completion_tokens = tokensOut, total_tokens = tokensIn + tokensOut } }));
        await WriteAsync(context, "data: [DONE]\n\n");
    }

    private static async Task EndlessAsync(HttpContext context, AskedModel asked, TimeSpan pause)
    {
        Begin(context, asked);
        // Without streaming: one text that is never closed.
        if (!asked.Stream) await WriteAsync(context, asked.IsOpenAi ? "{\"choices\":[{\"message\":{\"content\":\"" : "{\"message\":{\"content\":\"");
        while (true)
        {
            await (asked.Stream ? PieceAsync(context, asked, "and on ") : WriteAsync(context, "and on "));
            if (pause > TimeSpan.Zero) await Task.Delay(pause, context.RequestAborted);
        }
    }

    private static void Begin(HttpContext context, AskedModel asked)
    {
        context.Response.ContentType = !asked.Stream ? "application/json" : asked.IsOpenAi ? "text/event-stream" : "application/x-ndjson";
    }

    private static Task PieceAsync(HttpContext context, AskedModel asked, string text) => WriteAsync(context, asked.IsOpenAi
        ? Event(new { id = "chatcmpl-1", @object = "chat.completion.chunk", model = asked.Model, choices = new[] { new { index = 0, delta = new { role = "assistant", content = text }, finish_reason = (string?)null } } })
        : JsonSerializer.Serialize(new { model = asked.Model, created_at = "2026-01-01T00:00:00Z", message = new { role = "assistant", content = text }, done = false }) + "\n");

    private static string Event(object data) => $"data: {JsonSerializer.Serialize(data)}\n\n";

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async Task CutAsync(HttpContext context)
    {
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static object Message(AskedModel asked, string text, string reason, string? said = null)
    {
        var (tokensIn, tokensOut) = (asked.Messages.Sum(m => Tokens(m.Text)), Tokens(said ?? text));
        return asked.IsOpenAi
            ? new
            {
                id = "chatcmpl-1", @object = "chat.completion", created = 1_767_225_600, model = asked.Model,
                choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = reason } },
                usage = new { prompt_tokens = tokensIn, completion_tokens = tokensOut, total_tokens = tokensIn + tokensOut },
            }
            : new
            {
                model = asked.Model, created_at = "2026-01-01T00:00:00Z", message = new { role = "assistant", content = text }, done = true, done_reason = reason,
                total_duration = 1_500_000_000L, load_duration = 500_000_000L, prompt_eval_count = tokensIn, prompt_eval_duration = 300_000_000L, eval_count = tokensOut, eval_duration = 700_000_000L,
            };
    }
}
