using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EmailOps.Core.Mailboxes;

/// <summary>The installation's key, from SECRETS_KEY or the file <c>secrets-key</c> of the state folder. Read once, at first need.</summary>
internal sealed class SecretsKey(SecretsOptions options)
{
    public const string FileName = "secrets-key";
    /// <summary>The key that comes next, while secrets are sealed with it; and the one before, for what a process sealed that did not know yet.</summary>
    private const string NextName = FileName + ".new", PreviousName = FileName + ".old";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(10);
    private readonly Lock _turn = new();
    private Held? _held;

    /// <param name="Id">Stored beside what it sealed; tells a lost key from a damaged secret, and old from new once keys are changed.</param>
    internal sealed record Held(byte[] Bytes, uint Id)
    {
        public override string ToString() => $"key {Id:x8}";
    }

    /// <exception cref="SecretsKeyException">The file cannot be made or is no key.</exception>
    public Held ForSealing() => Find(make: true)!;

    /// <summary>Never makes a key: a new one opens nothing that is stored.</summary>
    /// <exception cref="SecretsKeyException">There is no key, or not the one the secret was sealed with.</exception>
    public Held ForOpening(uint id)
    {
        var here = Find(make: false);
        if (here?.Id == id) return here;
        if (Other(id) is { } other) return other;
        const string mend = "Put the old one back, or enter the mailbox's passwords again (emailops mailbox set ADDRESS, or Mailboxes in the console).";
        return here switch
        {
            null => throw new SecretsKeyException($"The stored passwords were sealed with key {id:x8}, and there is none here: SECRETS_KEY is not set and {Where} does not exist. All processes need the same. {mend}"),
            { } key => throw new SecretsKeyException($"The stored password was sealed with key {id:x8}, but {(options.Key is null ? Where : "SECRETS_KEY")} holds key {key.Id:x8}. {mend}"),
        };
    }

    /// <summary>The key was changed: by another process while we ran, or just now. What is in the file under the key's own name is taken over.</summary>
    private Held? Other(uint id)
    {
        lock (_turn)
        {
            if (!string.IsNullOrWhiteSpace(options.Key)) return KeyText.Read(options.Previous ?? "") is { } previous && Hold(previous) is var before && before.Id == id ? before : null;
            if (options.Folder is not { Length: > 0 } folder) return null;
            try
            {
                foreach (var name in (string[])[FileName, NextName, PreviousName])
                {
                    var path = Path.Combine(folder, name);
                    if (!File.Exists(path) || Hold(ReadFile(path)) is not { } key || key.Id != id) continue;
                    if (name == FileName) _held = key;
                    return key;
                }
                return null;
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new SecretsKeyException($"The keys in {folder} cannot be read: {refused.Message} Give the user that runs EmailOps the right to them.", refused);
            }
        }
    }

    /// <summary>A key to seal everything with anew: made and kept beside the one in use, or left there by a change that broke off.</summary>
    /// <returns>Null: the key is not ours to change, SECRETS_KEY holds it.</returns>
    /// <exception cref="SecretsKeyException">There is no folder to keep it in.</exception>
    public SecretsKey? Next()
    {
        if (!string.IsNullOrWhiteSpace(options.Key)) return null;
        if (options.Folder is not { Length: > 0 } folder) throw new SecretsKeyException("There is no state folder to keep a key in: set STATE_DIR.");
        var path = Path.Combine(folder, NextName);
        if (!File.Exists(path)) Write(path, Owner());
        return new SecretsKey(new SecretsOptions { Key = File.ReadAllText(path).Trim() });
    }

    /// <summary>Everything is sealed with the next key: it takes the place of the one in use, which is kept for what a process sealed meanwhile.</summary>
    public void Adopt()
    {
        lock (_turn)
        {
            var path = Path.Combine(options.Folder!, FileName);
            var next = Path.Combine(options.Folder!, NextName);
            // Not there: somebody who changed the key at the same time was first, with the same one.
            if (File.Exists(next))
            {
                if (File.Exists(path)) File.Copy(path, Path.Combine(options.Folder!, PreviousName), overwrite: true);
                File.Move(next, path, overwrite: true);
            }
            _held = Hold(ReadFile(path));
        }
    }

    private string Where => options.Folder is { Length: > 0 } folder ? Path.Combine(folder, FileName) : "the state folder (STATE_DIR)";

    private Held? Find(bool make)
    {
        lock (_turn)
        {
            if (_held is not null) return _held;
            if (!string.IsNullOrWhiteSpace(options.Key))
                return _held = Hold(KeyText.Read(options.Key) ?? throw new SecretsKeyException(options.Problem()!));
            if (options.Folder is not { Length: > 0 } folder)
                return make ? throw new SecretsKeyException("Passwords cannot be stored: set SECRETS_KEY (openssl rand -base64 32), or STATE_DIR to a folder that is kept.") : null;
            var path = Path.Combine(folder, FileName);
            try
            {
                if (!File.Exists(path))
                {
                    if (!make) return null;
                    Make(folder, path);
                }
                return _held = Hold(ReadFile(path));
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                throw new SecretsKeyException($"The key of the stored passwords, {path}, cannot be {(make ? "made or " : "")}read: {refused.Message} Give the user that runs EmailOps the right to it, or set SECRETS_KEY.", refused);
            }
        }
    }

    private static byte[] ReadFile(string path)
    {
        if (new FileInfo(path).Length > KeyText.MaxLength || KeyText.Read(File.ReadAllText(path)) is not { } key)
            throw new SecretsKeyException($"{path} is not a key of {SecretBox.KeyBytes} bytes in base64 or hexadecimal. It is left as it is: put the right file back, or remove it and enter all passwords again.");
        return key;
    }

    // Processes take turns by a lock file, because a move that must not overwrite is a look and a rename, with room for another between.
    // Whoever comes to the lock file later, also to one that was deleted under his hands, finds the key there and leaves it alone.
    private static void Make(string folder, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            const UnixFileMode own = OwnerOnly | UnixFileMode.UserExecute;
            // As root others may pass through: the private PostgreSQL runs there as another user.
            if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, Environment.IsPrivilegedProcess ? own | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : own);
        }
        var turn = $"{path}.lock";
        using (TakeTurn(turn))
        {
            if (!File.Exists(path)) Write(path, Owner());
        }
        File.Delete(turn);
    }

    private static FileStreamOptions Owner()
    {
        var owner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) owner.UnixCreateMode = OwnerOnly;
        return owner;
    }

    private static FileStream TakeTurn(string path)
    {
        FileStream? turn = null;
        if (SpinWait.SpinUntil(() => (turn = TryOpen(path)) is not null, TurnPatience)) return turn!;
        throw new IOException($"{path} is held by another process for more than {TurnPatience.TotalSeconds:0} s.");
    }

    /// <summary>None shared: the system's lock on the file, which ends with the process.</summary>
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken is not (DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    private static void Write(string path, FileStreamOptions owner)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}";
        try
        {
            var key = RandomNumberGenerator.GetBytes(SecretBox.KeyBytes);
            using (var file = new FileStream(unfinished, owner))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"));
                file.Flush(flushToDisk: true);
            }
            CryptographicOperations.ZeroMemory(key);
            // Whole or not at all, for those who read without taking a turn.
            File.Move(unfinished, path, overwrite: false);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static Held Hold(byte[] key)
    {
        Span<byte> id = stackalloc byte[sizeof(uint)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, id, [], "emailops secrets key id"u8);
        return new Held(key, BinaryPrimitives.ReadUInt32BigEndian(id));
    }
}
