"""What EmailOps' reader does in `EmailOps.Benchmarks mime`, with Python's email package (policy compat32). Prints one line:
first-1000-seconds messages-per-second parts bytes. usage: pyemail.py CORPUS MESSAGES"""
import email, email.header, email.utils, struct, sys, time


def text(part, raw):
    try:
        return raw.decode(part.get_content_charset() or "latin-1", "replace")
    except LookupError:
        return raw.decode("latin-1")


def header(value):
    return "".join(t if isinstance(t, str) else t.decode(c or "latin-1", "replace") for t, c in email.header.decode_header(value or ""))


def read(raw):
    message = email.message_from_bytes(raw)
    parts = size = 0
    try:
        size += len(header(message["Subject"])) + len(email.utils.getaddresses(message.get_all("From", [])))
    except (LookupError, ValueError, TypeError, AttributeError):
        pass
    for part in message.walk():
        if part.is_multipart():
            continue
        parts += 1
        content = part.get_payload(decode=True) or b""
        if part.get_content_maintype() == "text":
            size += len(text(part, content))
        else:
            try:
                size += len(content) + len(part.get_filename() or "")
            except (LookupError, ValueError, TypeError):
                size += len(content)
    return parts, size


corpus = memoryview(open(sys.argv[1], "rb").read())
limit = int(sys.argv[2])
at = count = parts = size = 0
first = 0.0
started = time.perf_counter()
while at + 4 <= len(corpus) and count < limit:
    (length,) = struct.unpack_from("<I", corpus, at)
    p, s = read(bytes(corpus[at + 4 : at + 4 + length]))
    parts, size, at, count = parts + p, size + s, at + 4 + length, count + 1
    if count == 1000:
        first = time.perf_counter() - started
print(f"{first:.6f} {count / (time.perf_counter() - started):.1f} {parts} {size}")
