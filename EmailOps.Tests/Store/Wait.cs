namespace EmailOps.Tests.Store;

/// <summary>Waits for what must come true, and says what did not.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<Task<bool>> isTrue, string what, int seconds = 30, Func<Task<string>>? state = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds)) Assert.Fail($"After {seconds} s still not: {what}. {(state is null ? "" : await state())}");
            await Task.Delay(20);
        }
    }
}
