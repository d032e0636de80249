using EmailOps.Core.Contracts;
using EmailOps.Web.Calls;

namespace EmailOps.Web.Shown;

/// <summary>The taxonomy's titles, asked once a minute rather than once a page.</summary>
internal sealed class CategoryTitles(TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private volatile Known _known = new([], DateTimeOffset.MinValue);

    public async Task<IReadOnlyList<CategoryView>> AllAsync(ApiClient api, CancellationToken cancellation)
    {
        var known = _known;
        if (clock.GetUtcNow() - known.At < Fresh)
            return known.Categories;
        var answer = await api.CategoriesAsync(cancellation);
        if (!answer.Ok)
            // The page's own call shows what is wrong; until then old titles, or ids made readable, do.
            return known.Categories;
        _known = new(answer.Value, clock.GetUtcNow());
        return answer.Value;
    }

    public static string Title(IReadOnlyList<CategoryView>? categories, string id)
    {
        foreach (var category in categories ?? [])
            if (string.Equals(category.Id, id, StringComparison.Ordinal))
                return category.Title;
        return id.Length == 0 ? "" : char.ToUpperInvariant(id[0]) + id[1..].Replace('-', ' ');
    }

    private sealed record Known(IReadOnlyList<CategoryView> Categories, DateTimeOffset At);
}
