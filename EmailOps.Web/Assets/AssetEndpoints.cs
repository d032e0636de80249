using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace EmailOps.Web.Assets;

internal static class AssetEndpoints
{
    public static void MapAssets(this IEndpointRouteBuilder app)
    {
        var assets = app.MapGroup("").AllowAnonymous();
        assets.MapGet("/assets/{version}/{**path}", Serve);
        assets.MapGet("/favicon.ico", (AssetBundle bundle) => TypedResults.Redirect(bundle.Address("favicon.svg")));
    }

    private static Results<FileContentHttpResult, NotFound> Serve(string version, string path, AssetBundle bundle, HttpContext http)
    {
        if (bundle.Find(path) is not { } asset)
            return TypedResults.NotFound();
        // A page of an older version may still ask under the old folder: it gets what there is, but must not keep it.
        http.Response.Headers.CacheControl = version == bundle.Version ? "public, max-age=31536000, immutable" : "no-cache";
        http.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (!http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Bytes(asset.Bytes, asset.ContentType);
        http.Response.Headers.ContentEncoding = "br";
        return TypedResults.Bytes(asset.Brotli, asset.ContentType);
    }
}
