using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmailOps.Tests.Graph.StandIn;

/// <summary>Sending: sendMail with MIME, drafts with MIME, send of a draft, createReply. What is sent lies in Sent Items, as Exchange keeps it.</summary>
internal static class StandInSendRoutes
{
    /// <summary>Graph's limit of a request.</summary>
    private const int MostBytes = 4 * 1024 * 1024;
    private static readonly string[] s_send = ["Mail.Send"], s_write = ["Mail.ReadWrite"];

    public static void Map(IEndpointRouteBuilder app, StandInGraph graph)
    {
        foreach (var root in new[] { "/v1.0/users/{user}", "/v1.0/me" })
        {
            app.MapPost(root + "/sendMail", c => StandInMailRoutes.With(graph, c, s_send, async (user, _) =>
            {
                if (await MimeAsync(c) is not { } raw) return;
                user.Deliver(raw, "sentitems");
                c.Response.StatusCode = 202;
            }));
            app.MapPost(root + "/messages", c => StandInMailRoutes.With(graph, c, s_write, async (user, _) =>
            {
                if (await MimeAsync(c) is not { } raw) return;
                c.Response.StatusCode = 201;
                await c.Response.WriteAsJsonAsync(user.Deliver(raw, "drafts", draft: true).View());
            }));
            app.MapPost(root + "/messages/{id}/send", c => StandInMailRoutes.WithMail(graph, c, s_send, (user, mail) =>
            {
                if (!mail.IsDraft) return StandInGraph.ErrorAsync(c, 400, "ErrorInvalidOperation", "The message is no draft.");
                user.Change(mail, () => mail.IsDraft = false);
                user.Move(mail, user.FolderId("sentitems")!);
                c.Response.StatusCode = 202;
                return Task.CompletedTask;
            }));
            app.MapPost(root + "/messages/{id}/createReply", c => StandInMailRoutes.WithMail(graph, c, s_write, async (user, mail) =>
            {
                var reply = user.Deliver($"Message-ID: <{Guid.NewGuid():N}@standin.example>\nIn-Reply-To: {mail.InternetMessageId}\nSubject: RE: {mail.Header("Subject")}\nTo: {mail.Header("From")}\n\n", "drafts", draft: true);
                c.Response.StatusCode = 201;
                await c.Response.WriteAsJsonAsync(reply.View());
            }));
        }
    }

    /// <summary>text/plain is MIME in base64.</summary>
    private static async Task<byte[]?> MimeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync();
        if (text.Length > MostBytes)
        {
            await StandInGraph.ErrorAsync(context, 413, "RequestEntityTooLarge", "The request entity is too large.");
            return null;
        }
        if (context.Request.ContentType?.StartsWith("text/plain", StringComparison.Ordinal) == true)
        {
            try
            {
                return Convert.FromBase64String(text);
            }
            catch (FormatException)
            {
                await StandInGraph.ErrorAsync(context, 400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.");
                return null;
            }
        }
        await StandInGraph.ErrorAsync(context, 400, "ErrorInvalidRequest", $"The stand-in takes MIME only, not {JsonEncodedText.Encode(context.Request.ContentType ?? "")}.");
        return null;
    }
}
