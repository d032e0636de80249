/* What EmailOps' reader does in `EmailOps.Benchmarks mime`, with GMime 3: parse all, Subject and From, every text part to a string, every attachment's
   bytes to a sink that only counts, attachment names. Prints one line: first-1000-seconds steady-messages-per-second parts bytes.
   gcc -O2 -o gmime gmime.c $(pkg-config --cflags --libs gmime-3.0) */
#include <gmime/gmime.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t parts, bytes;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void walk(GMimeObject *object)
{
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
            walk(g_mime_multipart_get_part(multipart, i));
        return;
    }
    parts++;
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (inner != NULL && g_mime_message_get_mime_part(inner) != NULL)
            walk(g_mime_message_get_mime_part(inner));
        return;
    }
    if (GMIME_IS_TEXT_PART(object)) {
        char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(object));
        if (text != NULL)
            bytes += strlen(text);
        g_free(text);
        return;
    }
    if (GMIME_IS_PART(object)) {
        const char *name = g_mime_part_get_filename(GMIME_PART(object));
        GMimeDataWrapper *content = g_mime_part_get_content(GMIME_PART(object));
        bytes += name != NULL ? strlen(name) : 0;
        if (content != NULL) {
            GMimeStream *sink = g_mime_stream_null_new();
            g_mime_data_wrapper_write_to_stream(content, sink);
            bytes += g_mime_stream_length(sink);
            g_object_unref(sink);
        }
    }
}

static void read_mail(const char *raw, size_t length)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (message != NULL) {
        const char *subject = g_mime_message_get_subject(message);
        InternetAddressList *from = g_mime_message_get_from(message);
        bytes += subject != NULL ? strlen(subject) : 0;
        bytes += from != NULL ? internet_address_list_length(from) : 0;
        if (g_mime_message_get_mime_part(message) != NULL)
            walk(g_mime_message_get_mime_part(message));
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
}

/* corpus: a 32 bit little-endian length before each mail */
int main(int argc, char **argv)
{
    FILE *file = fopen(argv[1], "rb");
    int passes = atoi(argv[2]);
    fseek(file, 0, SEEK_END);
    size_t size = ftell(file);
    char *corpus = malloc(size);
    rewind(file);
    if (argc < 3 || fread(corpus, 1, size, file) != size)
        return 1;
    g_mime_init();
    double first = 0, steady = 0;
    for (int pass = 0; pass < passes; pass++) {
        double started = now();
        uint64_t count = 0;
        parts = bytes = 0;
        for (size_t at = 0; at + 4 <= size;) {
            uint32_t length;
            memcpy(&length, corpus + at, 4);
            read_mail(corpus + at + 4, length);
            at += 4 + length;
            if (++count == 1000 && pass == 0)
                first = now() - started;
        }
        steady = count / (now() - started);
    }
    printf("%.6f %.1f %llu %llu\n", first, steady, (unsigned long long)parts, (unsigned long long)bytes);
    return 0;
}
