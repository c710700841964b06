// Runs a fuzz entry without a fuzzer: every kept input, and mutations of each that are the same at every run. A crash or a failed
// assertion is the finding; an empty or missing corpus is an error, since it would test nothing.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int mutations_per_input = 400;
using Bytes = std::vector<std::uint8_t>;

void mutate(Bytes& bytes, std::mt19937& random) {
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % std::max<std::size_t>(end, 1)); };
  static constexpr std::uint8_t telling[] = {0,   0x7F, 0x80, 0xC0, 0xFF, '"', '\\', '{', '}', '[', ']',
                                             ',', ':',  ' ',  '\r', '\n', '%', ';',  '=', '-', '9'};
  switch (bytes.empty() ? 1 : random() % 6) {
    case 0: bytes[below(bytes.size())] ^= static_cast<std::uint8_t>(1U << random() % 8); break;
    case 1: bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)), telling[random() % sizeof telling]); break;
    case 2: bytes[below(bytes.size())] = telling[random() % sizeof telling]; break;
    case 3: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size()))); break;
    case 4: bytes.resize(below(bytes.size())); break;
    default: {  // a stretch once more, somewhere else
      const auto from = static_cast<std::ptrdiff_t>(below(bytes.size()));
      const auto length = static_cast<std::ptrdiff_t>(below(std::min<std::size_t>(bytes.size() - static_cast<std::size_t>(from), 64)));
      const Bytes stretch(bytes.begin() + from, bytes.begin() + from + length);
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)), stretch.begin(), stretch.end());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1], error)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (error || files.empty()) {
    std::fprintf(stderr, "no inputs in %s\n", argv[1]);
    return 1;
  }
  std::mt19937 random(20'240'601);  // NOLINT: the same mutations every time
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const Bytes kept{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    LLVMFuzzerTestOneInput(kept.data(), kept.size());
    for (int i = 0; i < mutations_per_input; ++i) {
      Bytes bytes = kept;
      for (std::uint32_t step = random() % 4; step < 4; ++step) mutate(bytes, random);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
  std::printf("%zu inputs, %d mutations each\n", files.size(), mutations_per_input);
  return 0;
}
