namespace EmailOps.Web.Status;
internal static class StatusEndpoints { public static void MapStatusActions(this IEndpointRouteBuilder app) { } }
