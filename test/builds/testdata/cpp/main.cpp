#include "lib/count.h"
#include <fmt/core.h>
#include <fstream>
#include <iterator>

int main(int argc, char **argv) {
    std::ifstream in(argc > 1 ? argv[1] : "/dev/stdin");
    std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const auto &[word, n] : count(text))
        fmt::print("{} {}\n", n, word);
    fmt::print("crc {:x}\n", checksum(text));
}
