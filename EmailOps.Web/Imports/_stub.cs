namespace EmailOps.Web.Imports;
internal static class ImportEndpoints { public static void MapImports(this IEndpointRouteBuilder app) { } }
