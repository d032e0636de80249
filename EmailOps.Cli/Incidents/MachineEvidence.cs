using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;

namespace EmailOps.Cli.Incidents;

/// <summary>What this machine can tell: processes, connections, disks, files.</summary>
internal static class MachineEvidence
{
    private const int MostLines = 50_000;

    /// <summary>Number, parent, user and arguments where the system lets us read them, as ps has it.</summary>
    public static IEnumerable<string> Processes()
    {
        yield return "PID\tSTARTED\tRSS_KB\tNAME\tARGUMENTS";
        foreach (var process in Process.GetProcesses().OrderBy(p => p.Id).Take(MostLines))
        {
            using (process) yield return string.Create(CultureInfo.InvariantCulture, $"{process.Id}\t{Started(process)}\t{Resident(process)}\t{process.ProcessName}\t{Arguments(process.Id)}");
        }
    }

    /// <summary>Who listens and who is connected with whom, as ss -tan has it.</summary>
    public static IEnumerable<string> Network()
    {
        var properties = IPGlobalProperties.GetIPGlobalProperties();
        yield return "STATE\tLOCAL\tREMOTE";
        foreach (var listener in properties.GetActiveTcpListeners().Select(l => l.ToString()).Order(StringComparer.Ordinal)) yield return $"Listen\t{listener}\t";
        foreach (var listener in properties.GetActiveUdpListeners().Select(l => l.ToString()).Order(StringComparer.Ordinal)) yield return $"Udp\t{listener}\t";
        foreach (var connection in properties.GetActiveTcpConnections().Take(MostLines)) yield return $"{connection.State}\t{connection.LocalEndPoint}\t{connection.RemoteEndPoint}";
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
            yield return $"Interface\t{card.Name}\t{string.Join(", ", card.GetIPProperties().UnicastAddresses.Select(a => a.Address))}";
    }

    /// <summary>Disks, then the files of a folder with their times: what was changed when.</summary>
    public static IEnumerable<string> Disk(string? folder)
    {
        yield return "DISK\tFREE_BYTES\tTOTAL_BYTES\tFORMAT";
        foreach (var line in DriveInfo.GetDrives().Select(Drive).OfType<string>()) yield return line;
        if (folder is null || !Directory.Exists(folder)) yield break;
        yield return "\nFILE\tBYTES\tCHANGED_UTC";
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", options).Where(f => !f.FullName.Contains("/postgres/", StringComparison.Ordinal)).Take(MostLines))
            yield return string.Create(CultureInfo.InvariantCulture, $"{file.FullName}\t{file.Length}\t{file.LastWriteTimeUtc:O}");
    }

    private static string? Drive(DriveInfo drive)
    {
        try
        {
            return drive is { IsReady: true, TotalSize: > 0 } ? string.Create(CultureInfo.InvariantCulture, $"{drive.Name}\t{drive.AvailableFreeSpace}\t{drive.TotalSize}\t{drive.DriveFormat}") : null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{drive.Name}\t{refused.Message}";
        }
    }

    private static string Started(Process process) => Ask(() => process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));

    private static string Resident(Process process) => Ask(() => (process.WorkingSet64 / 1024).ToString(CultureInfo.InvariantCulture));

    private static string Arguments(int id) => Ask(() => File.Exists($"/proc/{id}/cmdline") ? File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ').Trim() : "");

    /// <summary>A process may end while we look, or be another user's.</summary>
    private static string Ask(Func<string> question)
    {
        try
        {
            return question();
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return "?";
        }
    }
}
