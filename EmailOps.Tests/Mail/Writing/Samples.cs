using System.Text;
using EmailOps.Mail;
using EmailOps.Mail.Writing;

namespace EmailOps.Tests.Mail.Writing;

/// <summary>Seeded mails of many scripts and awkward shapes, and what of them a reader must see.</summary>
internal sealed class Samples(int seed)
{
    private static readonly string[] Scripts =
    [
        "Ihre Bestellung wurde heute verschickt", "Größe über Straße", "Ваш заказ отправлен", "Η παραγγελία σας εστάλη", "您的订单已发货", "ご注文の商品を発送しました",
        "주문하신 상품이 발송되었습니다", "تم شحن طلبك", "ההזמנה שלך נשלחה", "आपका ऑर्डर भेज दिया गया है", "คำสั่งซื้อของคุณ", "Đơn hàng của bạn", "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪", "e\u0301a\u0308 Z\u0363",
        "\u202Eabc\u202C \u200Bzero", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈", "=?utf-8?Q?not_a_word?=", "a=?b ?= _x_ =41", "\"quoted\" \\ back (comment) <angle>", "From me to you", ".dot first", "--=_boundary?", "a  b   c",
        "100% & <b>bold</b>", "tab\there", "\u00A0nbsp\u00A0", "\u2028separator\u2029", "x@y.example, z", "semi;colon:group;",
    ];

    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public OutgoingMail Mail()
    {
        var hasHtml = _random.Next(2) == 0;
        return new OutgoingMail
        {
            From = [Address()],
            Sender = _random.Next(4) == 0 ? Address() : null,
            To = Several(Address, 5),
            Cc = Several(Address, 3),
            ReplyTo = Several(Address, 2),
            Subject = Line(_random.Next(12)),
            Date = new DateTimeOffset(2026, 1 + _random.Next(12), 1 + _random.Next(28), _random.Next(24), _random.Next(60), _random.Next(60), TimeSpan.FromMinutes(15 * _random.Next(-48, 56))),
            MessageId = Id(),
            InReplyTo = _random.Next(2) == 0 ? Id() : null,
            References = Several(Id, 30),
            Headers = _random.Next(2) == 0 ? [] : [.. OutgoingMail.AutomaticReplyHeaders, new("X-Note", Line(5)), new("X-Long", new string('u', _random.Next(900)))],
            Text = hasHtml && _random.Next(4) == 0 ? null : Text(),
            Html = hasHtml ? $"<html><body><p>{Text()}</p></body></html>" : null,
            Files = Several(File, 4),
        };
    }

    public string Text()
    {
        var text = new StringBuilder();
        for (var lines = _random.Next(15); lines > 0; lines--)
            text.Append(Line(_random.Next(20))).Append(_random.Next(6) == 0 ? new string('w', _random.Next(2000)) : "").Append(_random.Next(5) switch { 0 => " ", 1 => "\t", _ => "" })
                .Append(_random.Next(8) switch { 0 => "\r\n", 1 => "\r", 2 => "\n\n", _ => "\n" });
        return text.Append(_random.Next(3) == 0 ? Line(2) : "").ToString();
    }

    /// <summary>What the reader sees of a text: line feeds, one at the end, no control characters.</summary>
    public static string Seen(string text)
    {
        var lines = string.Concat(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Where(c => !char.IsControl(c) || c is '\n' or '\t'));
        lines = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(lines));
        return lines.Length == 0 || lines[^1] == '\n' ? lines : lines + "\n";
    }

    /// <summary>What the reader sees of a name or subject: one line, trimmed.</summary>
    public static string SeenLine(string text)
    {
        var line = new StringBuilder();
        foreach (var c in Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))
        {
            if (!char.IsControl(c))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }
        return line.ToString().Trim();
    }

    private string Line(int words)
    {
        var line = new StringBuilder();
        for (; words > 0; words--)
        {
            line.Append(line.Length == 0 ? "" : " ").Append(_random.Next(8) switch
            {
                0 => Scripts[_random.Next(Scripts.Length)],
                1 => new string((char)('a' + _random.Next(26)), _random.Next(1, 120)),
                2 => string.Concat(Enumerable.Range(0, _random.Next(60)).Select(_ => char.ConvertFromUtf32(_random.Next(4) == 0 ? 0x1F600 + _random.Next(60) : 0x4E00 + _random.Next(500)))),
                3 => ((char)_random.Next(0x20, 0x500)).ToString(),
                4 => "\r\nBcc: evil@bad.example\r\n\r\nbody",
                _ => Scripts[_random.Next(Scripts.Length)].Split(' ')[0],
            });
        }
        return line.ToString();
    }

    private Address Address() => new(_random.Next(3) == 0 ? null : Line(_random.Next(4)), _random.Next(6) switch
    {
        0 => $"user{_random.Next(100)}@bücher.example",
        1 => $"\"odd local\\\" part\"@shop{_random.Next(9)}.example",
        2 => $"first.last+tag{_random.Next(1000)}@{new string('d', _random.Next(1, 60))}.example",
        _ => $"u{_random.Next(1000)}@shop.example",
    });

    private OutgoingFile File()
    {
        var content = new byte[_random.Next(3) == 0 ? 0 : _random.Next(5000)];
        _random.NextBytes(content);
        var name = Line(1 + _random.Next(3));
        return new OutgoingFile((SeenLine(name).Length == 0 ? "file" : name[..Math.Min(400, name.Length)]) + ".bin", "application/x-sample", content) { ContentId = _random.Next(3) == 0 ? Id() : null };
    }

    private string Id() => $"{new string('i', 1 + _random.Next(100))}{_random.Next()}@id.example";

    private List<T> Several<T>(Func<T> one, int most) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => one())];
}
