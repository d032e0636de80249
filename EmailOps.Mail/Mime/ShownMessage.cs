using System.Text;

namespace EmailOps.Mail;

/// <summary>A message inside another as readers show it: the fields people look at, an empty line, its words.</summary>
internal static class ShownMessage
{
    private static readonly string[] Fields = ["From", "To", "Cc", "Subject", "Date"];

    public static string Text(MailMessage message)
    {
        var text = new StringBuilder();
        foreach (var name in Fields)
        {
            if (message.Headers[name] is { Length: > 0 } value)
                text.Append(name).Append(": ").Append(value).Append('\n');
        }
        return text.Append('\n').Append(message.OwnVisibleText).ToString();
    }
}
