using System.Diagnostics;

namespace EmailOps.AppHost.Postgres;

/// <summary>
/// Outlives this process by a moment: a small shell in a session of its own that waits on a pipe we hold. However we end (also by
/// kill -9), the pipe closes, and it stops the server that we started and, for a throw-away cluster, deletes the folder.
/// </summary>
internal sealed class Guardian : IAsyncDisposable
{
    // $1 folder of the cluster, $2 its data folder, $3 signal, $4 the server's process, $5 "delete" or "keep", then how to signal.
    // By process id, never "whoever runs on this folder": the next start may have its own server there already.
    // A server that ended may stay a zombie for a while, so its pid file tells.
    private const string Script = """
        exec >/dev/null 2>&1
        folder=$1 data=$2 signal=$3 server=$4 after=$5; shift 5
        cat
        if [ "$(head -n 1 "$data/postmaster.pid")" = "$server" ]; then "$@" kill -s "$signal" "$server"; fi
        n=0
        while [ "$(head -n 1 "$data/postmaster.pid")" = "$server" ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
        if [ "$after" = delete ]; then rm -rf "$folder"; fi
        """;

    private readonly Process _process;

    private Guardian(Process process) => _process = process;

    /// <summary>INT is PostgreSQL's fast shutdown (connections end, data is written), QUIT its immediate one (nothing is written).</summary>
    public static Guardian Watch(string folder, string data, int server, bool throwAway, ServerUser user) => new(Command.Start(
        ["setsid", "sh", "-c", Script, "emailops-guardian", folder, data, throwAway ? "QUIT" : "INT", $"{server}", throwAway ? "delete" : "keep", .. user.Runs("env")],
        redirectOutput: false));

    /// <summary>Lets it do its work now and waits for the end of it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
