/* One text a call through fastText's own library, as a program that embeds it would: prints texts-per-second of the best label of each line.
   fasttext-reader MODEL TEXTS SECONDS
   g++ -O2 -o fasttext-reader fasttext.cc -lfasttext */
#include <fasttext/fasttext.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    fasttext::FastText model;
    model.loadModel(std::string(argv[1]));
    std::vector<std::string> lines;
    std::ifstream file(argv[2]);
    for (std::string line; std::getline(file, line);)
        lines.push_back(line + "\n");
    std::vector<std::pair<fasttext::real, std::string>> found;
    std::stringstream text;
    size_t count = 0, length = 0;
    auto started = std::chrono::steady_clock::now();
    double seconds = 0;
    while (seconds < atof(argv[3])) {
        for (const auto &line : lines) {
            text.clear();
            text.str(line);
            model.predictLine(text, found, 1, 0.0);
            length += found.empty() ? 0 : found[0].second.size();
        }
        count += lines.size();
        seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    }
    printf("%.1f %zu\n", count / seconds, length);
    return 0;
}
