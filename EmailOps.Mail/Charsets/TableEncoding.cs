using System.Text;

namespace EmailOps.Mail;

/// <summary>
/// Single-byte charsets that the runtime has no table for. Only the upper half differs from ISO 8859-1, and of that only what stands here, from A0 to
/// FF; 80 to 9F are control characters, as in every part of ISO 8859. Writing is not supported.
/// </summary>
internal sealed class TableEncoding : Encoding
{
    private const byte From = 0xA0;

    /// <summary>Nordic (ISO/IEC 8859-10:1998).</summary>
    public static readonly TableEncoding Latin6 = new(
        "\u00A0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00ADŪŊ°ąēģīĩķ·ļđšŧž―ūŋĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞßāáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ");

    /// <summary>Celtic (ISO/IEC 8859-14:1998).</summary>
    public static readonly TableEncoding Latin8 = new(
        "\u00A0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00AD®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶßàáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ");

    /// <summary>South-eastern European (ISO/IEC 8859-16:2001).</summary>
    public static readonly TableEncoding Latin10 = new(
        "\u00A0ĄąŁ€„Š§š©Ș«Ź\u00ADźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ");

    private readonly string _upper;

    private TableEncoding(string upper) => _upper = upper;

    public override bool IsSingleByte => true;

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException("This charset is only read.");

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException("This charset is only read.");

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        for (var i = 0; i < bytes.Length; i++)
            chars[i] = bytes[i] < From ? (char)bytes[i] : _upper[bytes[i] - From];
        return bytes.Length;
    }
}
