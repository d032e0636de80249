using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace EmailOps.Web.SignIn;

/// <summary>
/// What seals cookies and forms, made of <c>EMAILOPS_API_KEY</c>: every console process of an installation has the same without a folder that
/// they share, and it changes with that key. Who has the key may do everything anyway.
/// </summary>
internal sealed class SharedKeys(string apiKey) : IXmlRepository
{
    /// <summary>As the framework's own keys have it: AES-256 and HMAC-SHA-256 take their keys from 512 bits.</summary>
    private const int MasterKeyBytes = 64;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var id = new Guid(Derive("cookie key id", 16));
        return
        [
            new XElement("key", new XAttribute("id", id), new XAttribute("version", 1),
                // It never ends by itself: it is changed by changing EMAILOPS_API_KEY.
                new XElement("creationDate", "2020-01-01T00:00:00Z"), new XElement("activationDate", "2020-01-01T00:00:00Z"), new XElement("expirationDate", "9999-01-01T00:00:00Z"),
                new XElement("descriptor", new XAttribute("deserializerType", typeof(AuthenticatedEncryptorDescriptorDeserializer).AssemblyQualifiedName!),
                    new XElement("descriptor",
                        new XElement("encryption", new XAttribute("algorithm", "AES_256_CBC")),
                        new XElement("validation", new XAttribute("algorithm", "HMACSHA256")),
                        new XElement("masterKey", new XElement("value", Convert.ToBase64String(Derive("cookie master key", MasterKeyBytes))))))),
        ];
    }

    /// <summary>Keys are never made here (automatic ones are switched off); a revocation is changing EMAILOPS_API_KEY.</summary>
    public void StoreElement(XElement element, string friendlyName) => throw new NotSupportedException("Console keys follow EMAILOPS_API_KEY; change that.");

    private byte[] Derive(string what, int bytes) => Derive(apiKey, what, bytes);

    public static byte[] Derive(string apiKey, string what, int bytes) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(apiKey), bytes, salt: null, Encoding.UTF8.GetBytes($"emailops console {what}"));
}
