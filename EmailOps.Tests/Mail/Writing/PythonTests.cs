using System.Diagnostics;
using System.Text.Json;
using EmailOps.Mail.Writing;

namespace EmailOps.Tests.Mail.Writing;

/// <summary>The second opinion: what is written reads the same in Python's email package, which shares no line with our reader.</summary>
public class PythonTests
{
    private const int Mails = 500;

    // Names by the older interface: the newer one of Python 3.11 shows the space between two encoded words of a name (RFC 2047 section 6.2 forbids it).
    private const string Reader = """
        import email, email.policy, hashlib, json, os, sys
        from email.header import decode_header, make_header
        from email.utils import getaddresses

        def seen(raw):
            mail, old = email.message_from_bytes(raw, policy=email.policy.default), email.message_from_bytes(raw)
            def people(field):
                return "; ".join(str(make_header(decode_header(name))) + "|" + addr for name, addr in getaddresses([value.replace("\r\n", "").replace("\n", "") for value in old.get_all(field, [])]))
            date = mail["Date"].datetime.isoformat()
            lines = [field + ": " + people(field) for field in ("From", "Sender", "To", "Cc", "Reply-To")]
            lines += ["Subject: " + str(mail["Subject"]), "Date: " + date[:19] + ".0000000" + date[19:], "Id: " + mail["Message-ID"].strip("<>"),
                      "Answers: " + str(mail["In-Reply-To"] or "").strip("<>"), "References: " + " ".join(id.strip("<>") for id in str(mail["References"] or "").split())]
            lines += [name + ": " + str(value) for name, value in mail.items() if name in ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Note", "X-Long")]
            text, html, files = "", "", []
            for part in mail.walk():
                if part.is_multipart():
                    continue
                if part.get_filename() is not None:
                    digest = hashlib.sha256(part.get_payload(decode=True)).hexdigest()
                    files.append("File: " + "|".join([part.get_filename(), part.get_content_type(), str(part["Content-ID"] or "").strip("<>"), digest]))
                elif part.get_content_type() == "text/html":
                    html = part.get_content().replace("\r\n", "\n")
                else:
                    text = part.get_content().replace("\r\n", "\n")
                assert not part.defects, part.defects
            assert not mail.defects, mail.defects
            return "\n".join(lines + ["Text: " + text, "Html: " + html] + files)

        folder = sys.argv[1]
        json.dump([seen(open(os.path.join(folder, name), "rb").read()) for name in sorted(os.listdir(folder))], sys.stdout)
        """;

    [Fact]
    public async Task Python_reads_what_was_written()
    {
        if (await PythonAsync("-c", "import email.policy") is null)
        {
            Console.WriteLine($"SKIPPED, NO PYTHON: {nameof(Python_reads_what_was_written)} needs python3.");
            return;
        }
        var folder = Directory.CreateTempSubdirectory("emailops-writing-");
        try
        {
            var mails = Enumerable.Range(0, Mails).Select(seed => new Samples(seed).Mail()).ToList();
            for (var i = 0; i < Mails; i++)
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{i:D5}.eml"), MailWriter.ToBytes(mails[i]));
            var read = JsonSerializer.Deserialize<string[]>((await PythonAsync("-c", Reader, folder.FullName))!)!;
            for (var i = 0; i < Mails; i++)
                Assert.Equal($"{i}\n{RoundTripTests.Seen(mails[i])}", $"{i}\n{read[i]}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What it printed; null when there is no Python.</summary>
    private static async Task<string?> PythonAsync(params string[] arguments)
    {
        Process? python;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
        using (python)
        {
            var errors = python!.StandardError.ReadToEndAsync();
            var output = await python.StandardOutput.ReadToEndAsync();
            await python.WaitForExitAsync();
            Assert.True(python.ExitCode == 0, await errors);
            return output;
        }
    }
}
