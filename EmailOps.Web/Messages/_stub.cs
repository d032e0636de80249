namespace EmailOps.Web.Messages;
internal static class MessageEndpoints { public static void MapMessageActions(this IEndpointRouteBuilder app) { } public static void MapMessageFiles(this IEndpointRouteBuilder app) { } }
